#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# The end of a campaign tells each cause once: six inputs that an engine saved, of two leaks and of a crash that a
# sanitizer alone reports, are three findings. The reports are made up.
set -euo pipefail
cd "$(dirname "$0")/../.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() { echo "not ok - $*"; cat "$work/log"; exit 1; }

crashes=$work/campaign/session-afl/out/default/crashes
mkdir -p "$crashes" "$work/suite" "$work/findings"
number=0
for causes in a b a ab none none; do
    number=$((number + 1))
    printf '%s %d' $causes $number >"$crashes/id$number"
done
cat >"$work/campaign/session-afl/out/default/fuzzer_stats" <<'TXT'
execs_done        : 5000
execs_per_sec     : 10
edges_found       : 3
stability         : 100.00%
saved_crashes     : 6
saved_hangs       : 0
corpus_count      : 2
TXT
cat >"$work/suite/replay_session" <<'SH'
#!/usr/bin/env bash
read -r causes _ <"$1" || true
[ "$causes" != none ] || { echo "SUMMARY: AddressSanitizer: SEGV"; exit 1; }
echo "FINDING left behind on the client: 1 resource"
for cause in a b; do [[ $causes != *$cause* ]] || echo "SIGNATURE: leak:mem.alloc@$cause#1"; done
exit 1
SH
chmod +x "$work/suite/replay_session"

status=0
bash fuzz/drivers/verdict.sh "$work/campaign" "$work/findings" "$work/suite" "session afl" >"$work/log" || status=$?
[ "$status" -eq 1 ] || fail "exit code $status"
grep -q '^3 distinct finding(s)' "$work/log" || fail "not three findings"
[ "$(find "$work/findings" -type f | wc -l)" -eq 3 ] || fail "not three files"
for cause in leak:mem.alloc@a#1 leak:mem.alloc@b#1 SEGV; do
    grep -q "$cause" "$work/log" || fail "$cause is not told"
done
echo "ok - two leaks and a crash are three findings"
