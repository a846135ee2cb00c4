#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# A real campaign where little is as usual: the source cannot be written, everything lies below --build-dir in a path with
# blanks, for another user than root; CC and CFLAGS are set to nonsense, the locale has a decimal comma, the terminal is
# dumb, AFL++ is told that crashes are piped to a program. Then the same once more: it is built, and goes on with the corpus.
set -euo pipefail
cd "$(dirname "$0")/../.."
unset RUNDOWN_SESSION RUNDOWN_CLAIMED
work=$(mktemp -d)
trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT
command -v afl-fuzz >/dev/null || { echo "skipped: afl-fuzz is not installed"; exit 77; }

fail() {
    printf 'not ok - %s\n' "$1"
    tail -n 30 "$work/log"
    exit 1
}
chmod 755 "$work"
tree="$work/read only"
mkdir "$tree" "$work/my builds"
find . -mindepth 1 -maxdepth 1 ! -name build ! -name .git ! -name findings -exec cp -r {} "$tree/" \;
chmod -R a-w,a+rX "$tree"
someone=(env)
if [ "$(id -u)" = 0 ]; then
    chown -R 65534:65534 "$work/my builds"
    someone=(setpriv --reuid=65534 --regid=65534 --clear-groups env HOME="$work/my builds")
fi
# A namespace of mounts in which the kernel seems to pipe core files.
piped=(env)
echo '|/bin/false %p' >"$work/pattern"
# shellcheck disable=SC2016 # for the inner shell
if [ "$(id -u)" = 0 ] && unshare -m mount --bind "$work/pattern" /proc/sys/kernel/core_pattern 2>/dev/null; then
    piped=(unshare -m bash -c 'mount --bind "$0" /proc/sys/kernel/core_pattern && exec "$@"' "$work/pattern")
fi
cd "$tree"
campaign() {
    "${piped[@]}" "${someone[@]}" CC=nonsense CXX=nonsense CFLAGS=-Dmalloc=nonsense CXXFLAGS=-nonsense TERM=dumb \
        LC_ALL=de_DE.UTF-8 ASAN_OPTIONS=nonsense=1 AFL_SKIP_CRASHES=1 CCACHE_DISABLE=1 \
        ./build.sh fuzz --build-dir "$work/my builds/b" --seconds 4 --driver ndr --seed 1 --jobs 2 >"$work/log" 2>&1 </dev/null ||
        fail "exit code $?"
    grep -q '^Nothing found\.$' "$work/log" || fail "it does not say that nothing was found"
    ! grep -q $'\033' "$work/log" || fail "a dumb terminal gets escapes"
}
campaign
count=$(find "$work/my builds/b/corpus/ndr" -type f | wc -l)
[ "$count" -gt 0 ] || fail "no corpus was kept"
campaign
grep -qE '^Built afl: 0 steps' "$work/log" || fail "all was built again"
[ "$(find "$work/my builds/b/corpus/ndr" -type f | wc -l)" -ge $((count / 2)) ] || fail "the corpus is lost"
[ -z "$(find "$tree" -newer "$work/pattern" -print -quit)" ] || fail "something was written into the source"
python3 -c 'import json, sys; d = json.load(open(sys.argv[1])); sys.exit(d["verdict"] != "nothing found" or len(d["jobs"]) != 2)' \
    "$work/my builds/b/campaign/campaign.json" || fail "campaign.json"
[ "${piped[0]}" = unshare ] || echo "# core_pattern could not be replaced here"
echo "ok - $count inputs kept, nothing written into the source"
