#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# leaks.sh BUILD
#
# `rundown leaks` and tests/measure/leaks: a right target has no leak and nothing that grows; a planted leak is told with who
# acquired it, who should have released it, the first program, and whether a fault is needed; what is kept until the end is told
# because it grows, in the simulated world and in a real server.
set -euo pipefail
build=$(realpath "$1")
cd "$(dirname "$(realpath "$0")")/../.."
# shellcheck source-path=SCRIPTDIR source=../measure/bugs/lib.sh
. tests/measure/bugs/lib.sh
command -v patch >/dev/null || { echo 'skipped: patch is not installed'; exit 77; }
work=$(mktemp -d "${TMPDIR:-/tmp}/rundown-leaks.XXXXXX")
trap 'rm -rf "$work"' EXIT
failed=0

complain() {
    printf 'not ok - %s\n' "$*"
    failed=1
}
# says FILE TEXT: lines broken at 80 columns are one.
says() {
    tr -s ' \n' ' ' <"$1" | grep -qF -- "$2" || { complain "it does not say '$2':" && sed 's/^/    /' "$1"; }
}
says_not() {
    ! tr -s ' \n' ' ' <"$1" | grep -qF -- "$2" || { complain "it says '$2':" && sed 's/^/    /' "$1"; }
}
# leaks BUG ARGUMENT...: exit code as $status, output in WORK/said.
leaks() {
    local rundown=$work/$1/out/rundown
    [ "$1" != none ] || rundown=$build/rundown
    status=0
    "$rundown" leaks "${@:2}" >"$work/said" 2>&1 || status=$?
}

# Bug 01: End forgets the context when the reply is lost. 72: a list of the server. "kept": each End keeps a block, and the unload frees them all:
# no leak at the end.
for bug in 01 72; do bug_plant "$(bug_files $bug)" "$work/$bug"; done
mkdir -p "$work/kept"
cp -r target "$work/kept/"
sed -i '/^void ntdsb_client_unload(void)/,/^}/s/^{/{\n    forget_kept();/' "$work/kept/target/client/client.c"
sed -i '/^#include/{s/^/#include <stdlib.h>\nstatic struct kept { struct kept *next; } *kept;\nvoid keep(void);\nvoid keep(void)\n{\n    struct kept *k = malloc(sizeof *k);\n    if (k != NULL) {\n        k->next = kept;\n        kept = k;\n    }\n}\nstatic void forget_kept(void)\n{\n    while (kept != NULL) {\n        struct kept *next = kept->next;\n        free(kept);\n        kept = next;\n    }\n}\n/;:a;n;ba}' \
    "$work/kept/target/client/client.c"
sed -i '/^HRESULT DsBackupEnd(HBC hbc)/,/^}/s/^{/{\n    extern void keep(void);\n    keep();/' "$work/kept/target/client/backup_api.c"
programs=rundown
flavour=$(basename "$build")
[ "$flavour" != release ] || programs='rundown;ntdsbsrvd'
bugs_build "$flavour" rundown "$work/build" out '' "$work/01" "$work/kept" || { tail -n 20 "$work/build/log"; exit 1; }
bugs_build "$flavour" "$programs" "$work/build.server" out '' "$work/72" || { tail -n 20 "$work/build.server/log"; exit 1; }

# A right target.
leaks none --table corpus/session corpus/regressions
[ $status = 0 ] || complain "a right target: exit code $status"
says "$work/said" ' 0 leaks, 0 things that grow'
leaks none corpus/session/double-end.txt
[ $status = 0 ] || complain "a right target, one program: exit code $status"
says "$work/said" 'everything was released'
says "$work/said" 'nothing grows'
says "$work/said" 'client: mem.alloc@context_open#1, 128 bytes, released in call'

# One program, call by call.
leaks 01 tests/suite/reports/01.txt
[ $status = 1 ] || complain "bug 01: exit code $status"
says "$work/said" '+ client: mem.alloc@context_open#1, 128 bytes, NEVER RELEASED; DsBackupEnd should have'
says "$work/said" '+ server: mem.alloc@backup_session_create#1, 72 bytes, released in call 2'
says "$work/said" '- server: mem.alloc@backup_session_create#1, 72 bytes, acquired in call 1'
says "$work/said" 'the set-up:'
says "$work/said" 'grows: the client holds 16 of mem.alloc@context_open#1 (2048 bytes) after 16 times, 32 (4096 bytes) after 32'
says "$work/said" '1 programs, 1 that leak'
grep -vE '^call ' "$work/said" | grep -E '^.{81}' && complain 'longer than 80 columns'

# The table: of a leak that needs a fault, the fault.
printf 'h, token = DsBackupPrepareW(".", 0, FULL)\nDsBackupEnd(h)\n' >"$work/plain.txt"
leaks 01 --table "$work/plain.txt"
[ $status = 0 ] || complain "bug 01 without a fault: exit code $status"
leaks 01 --sweep --jobs 1 --json "$work/leaks.json" "$work/plain.txt" tests/suite/reports/01.txt
[ $status = 1 ] || complain "bug 01 with faults: exit code $status"
says "$work/said" "first in $work/plain.txt fault needed: "
says_not "$work/said" 'fault needed: no'
says "$work/said" 'DsBackupEnd should have released it'
leaks 72 --table --json "$work/server.json" corpus/session
says "$work/said" 'fault needed: no'
says "$work/said" 'target/server/store.c:'
python3 - "$work/leaks.json" "$work/server.json" <<'PY' || complain 'the JSON says something else'
import json, sys
client, server = (json.load(open(path, encoding="utf-8")) for path in sys.argv[1:])
for whole in client, server:
    assert (whole["format"], whole["version"], whole["finished"]) == ("rundown leaks", 1, True), whole
leak = next(row for row in client["leaks"] if row["leak"] == "mem.alloc@context_open#1")
assert leak["fault"] and leak["bytes"] == 128 and leak["release"] == "DsBackupEnd" and leak["side"] == "client", leak
assert leak["acquired"]["file"] == "target/client/context.c" and leak["program"].endswith("plain.txt"), leak
assert [row["fault"] for row in server["leaks"]] == [None], server
assert server["leaks"][0]["acquired"]["function"] == "append", server
PY

# What is kept until the end.
leaks kept "$work/plain.txt"
[ $status = 1 ] || complain "kept until the end: exit code $status"
says "$work/said" 'everything was released'
says "$work/said" 'grows: the client holds 16 of mem.alloc@keep#1 (128 bytes) after 16 times, 32 (256 bytes) after 32'
leaks kept --table --repeat 5 "$work/plain.txt"
[ $status = 1 ] || complain "kept until the end, in the table: exit code $status"
says "$work/said" '5 after 5 times, 10 after 10'
says "$work/said" ' 0 leaks, 1 things that grow'

# A real server; and all together, as ./build.sh leaks does it.
if [ "$flavour" = release ]; then
    mkdir "$work/real"
    ln -s "$build/dsbackup" "$build/tests" "$work/real/"
    cp "$work/72/out/ntdsbsrvd" "$work/real/"
    RUNDOWN_FIGURES=$work bash tests/measure/leaks/server.sh "$work/real" sessions=40 >"$work/said" 2>&1 && complain 'bug 72 in a real server: nothing grows'
    says "$work/said" 'GROWS a real server, bytes of the heap'
    RUNDOWN_LEAKS_SESSIONS=40 bash tests/measure/leaks/leaks.sh "$build/rundown" "$build" "$work/all" "$work/plain.txt" >"$work/said" 2>&1 ||
        complain 'a right target, all together: a leak'
    says "$work/said" ' 0 leaks, 0 things that grow flat a real server, bytes of the heap: '
    python3 -c 'import json, sys; w = json.load(open(sys.argv[1])); assert len(w["server"]) == 4 and w["runs"] > 100, w' "$work/all/leaks.json" ||
        complain 'leaks.json'
fi
[ $failed = 0 ] && echo 'ok - leaks, and what grows'
exit $failed
