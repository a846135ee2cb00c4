#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# A race is named by its two places, and a deadlock too: tests/e2e/races.py, of what ThreadSanitizer says. One race told from
# either side is one finding; another one is another; inserted lines change nothing.
set -euo pipefail
export LC_ALL=C
cd "$(dirname "$(realpath "$0")")"
work=$(mktemp -d "${TMPDIR:-/tmp}/rundown-races.XXXXXX")
trap 'rm -rf "$work"' EXIT
failed=0
fail() {
    printf 'not ok - %s\n' "$*"
    failed=1
}
races() {
    local status=0
    python3 ../e2e/races.py "$@" >"$work/out" || status=$?
    printf '%s' "$status"
}

cat >"$work/wanted" <<'TXT'
SIGNATURE: data race:handle_table_find < api_read and handle_table_remove < api_end
  seen 2 times
SIGNATURE: data race:handle_table_find < api_open_file and handle_table_remove < api_end
TXT
[ "$(races races/both-sides.log)" = 1 ] || fail "three reports are none"
diff "$work/wanted" "$work/out" || fail "a race from either side is not one, or two are"
printf 'dsbackup: all is well\n' >"$work/clean"
[ "$(races "$work/clean")$(cat "$work/out")" = 0 ] || fail "nothing is a race"
[ "$(races "$work/absent" 2>/dev/null)" = 2 ] || fail "a file that is not there is well"

# Locks in two orders, which ThreadSanitizer sees in one thread.
compiler=$(command -v clang-14 || command -v clang) || { echo 'skipped: clang is not installed' && exit 77; }
cp races/two_orders.c "$work/as-it-is.c"
{ printf '\n\n\n\n\n' && cat races/two_orders.c; } >"$work/lower.c"
for name in as-it-is lower; do
    "$compiler" -g -O1 -fsanitize=thread -o "$work/$name" "$work/$name.c" 2>"$work/log" || { echo "skipped: no ThreadSanitizer here: $(head -n 1 "$work/log")" && exit 77; }
    TSAN_OPTIONS=exitcode=66 "$work/$name" >"$work/$name.log" 2>&1 && fail "ThreadSanitizer does not see the deadlock"
    [ "$(races "$work/$name.log")" = 1 ] || fail "the deadlock is not told"
    [ "$(cat "$work/out")" = 'SIGNATURE: lock-order-inversion:lock_list < add_session and lock_table < end_session' ] || fail "$name: $(cat "$work/out")"
done
[ $failed = 0 ] || exit 1
echo 'ok - a race and a deadlock are named by their two places'
