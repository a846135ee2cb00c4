#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# leaks.sh RUNDOWN BUILD OUT [PATH...]
#
# Leaks and nothing else: a real server of BUILD over n and 2n sessions; then these programs (default: the corpus), alone, with
# every fault at every point, and repeated in one process, by RUNDOWN. Ends with one table, and the same in OUT/leaks.json.
# Exit code 1: there is a leak.
set -euo pipefail
rundown=$1 build=$2 out=$3
shift 3
cd "$(dirname "$(realpath "$0")")/../../.."
[ $# -gt 0 ] || set -- corpus/session corpus/regressions
mkdir -p "$out"
out=$(realpath "$out")
status=0
RUNDOWN_FIGURES=$out bash tests/measure/leaks/server.sh "$build" "sessions=${RUNDOWN_LEAKS_SESSIONS:-500}" >"$out/server.txt" || status=1
grep -qE '^(flat|GROWS) ' "$out/server.txt" || { cat "$out/server.txt" && exit 1; }
"$rundown" leaks --sweep --json "$out/leaks.json" "$@" || status=1
grep -E '^(flat|GROWS) ' "$out/server.txt"
python3 - "$out/leaks.json" "$out/server.json" <<'PY'
import json, sys
whole, server = (json.load(open(path, encoding="utf-8")) for path in sys.argv[1:])
whole["server"] = server
with open(sys.argv[1], "w", encoding="utf-8") as out:
    json.dump(whole, out, indent=2)
    out.write("\n")
PY
printf 'the same for machines: %s\n' "${out#"$PWD"/}/leaks.json"
exit $status
