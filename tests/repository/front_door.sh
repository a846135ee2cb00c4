#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# build.sh: what is missing is named with its reason, nothing is installed without root, wrong usage ends with 2; whatever a
# script has started ends with it when it is interrupted; and two runs do not share a folder of results.
set -euo pipefail
cd "$(dirname "$0")/../.."
unset RUNDOWN_SESSION RUNDOWN_CLAIMED
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
chmod 755 "$work"

fail() {
    printf 'not ok - %s\n' "$*"
    exit 1
}
expect() { # STATUS COMMAND...: its output in $work/out
    local expected=$1 status=0
    shift
    "$@" >"$work/out" 2>&1 </dev/null || status=$?
    [ "$status" -eq "$expected" ] || fail "$*: exit code $status, not $expected: $(tail -n 3 "$work/out")"
}
says() {
    grep -qE "$1" "$work/out" || fail "no '$1' in: $(cat "$work/out")"
}

# A machine without tshark and without sudo.
mkdir "$work/bin"
ln -s /usr/bin/* /bin/* "$work/bin/" 2>/dev/null || true
rm -f "$work/bin/tshark" "$work/bin/sudo"
expect 1 env PATH="$work/bin" ./build.sh deps test
says '^test +tshark +MISSING +[a-z]'
if [ "$(id -u)" = 0 ]; then someone=(setpriv --reuid=65534 --regid=65534 --clear-groups); else someone=(env); fi
expect 1 "${someone[@]}" env PATH="$work/bin" ./build.sh deps --install test
says '^  tshark +[a-z]'
says 'takes root, or sudo; as root: apt-get install .*tshark'
echo "ok - what is missing is named, and why; without root nothing is installed"

for usage in 'deps nothing' 'build nothing' 'test libfuzzer' 'check a b' 'lint --some' 'plant x' 'fuzz --engine nothing' 'bench x' 'package x' 'install a b' 'tour x' 'nothing'; do
    # shellcheck disable=SC2086
    expect 2 ./build.sh $usage
done
echo "ok - wrong usage ends with 2"

# Processes in the group, in a group of their own, in a session of their own, and one that does not listen.
cat >"$work/starts-a-lot.sh" <<SCRIPT
. cmake/owned.sh
own "\$0" "\$@"
claim "test of claims \$1"
sleep 300 & echo \$! >>"$work/pids.\$1"
timeout 300 sleep 301 & echo \$! >>"$work/pids.\$1"
setsid sleep 302 & echo \$! >>"$work/pids.\$1"
bash -c 'trap "" TERM INT; echo \$\$ >>"$work/pids.\$0"; while :; do sleep 1; done' "\$1" &
until [ "\$(wc -l <"$work/pids.\$1")" -eq 4 ]; do sleep 0.05; done
touch "$work/started.\$1"
wait
echo all is well
SCRIPT
interrupted() { # SIGNAL STATUS
    local status=0 pid
    # A shell has its background jobs ignore SIGINT.
    python3 -c 'import os, signal, sys; signal.signal(signal.SIGINT, signal.SIG_DFL); os.execvp(sys.argv[1], sys.argv[1:])' \
        bash "$work/starts-a-lot.sh" "$1" >"$work/out" 2>&1 &
    local script=$!
    until [ -e "$work/started.$1" ]; do sleep 0.05; done
    expect_second=$(bash "$work/starts-a-lot.sh" "$1" 2>&1) && fail "two at one time in one folder"
    [[ $expect_second == *"another test of claims $1 is running"* ]] || fail "the second one says: $expect_second"
    kill -s "$1" "$script"
    wait "$script" || status=$?
    [ "$status" -eq "$2" ] || fail "SIG$1: exit code $status, not $2: $(cat "$work/out")"
    says 'interrupted'
    ! grep -q 'all is well' "$work/out" || fail "SIG$1: all is well"
    while read -r pid; do
        ! grep -qE '\) [^ZX] ' "/proc/$pid/stat" 2>/dev/null || fail "SIG$1: process $pid goes on: $(tr '\0' ' ' <"/proc/$pid/cmdline")"
    done <"$work/pids.$1"
    rm -f "build/test of claims $1.lock"
}
interrupted TERM 143
interrupted INT 130
echo "ok - what is interrupted ends, with all that it started; a second one is refused"
