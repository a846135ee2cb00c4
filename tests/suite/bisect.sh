#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# The commit that brought a finding is named, in a small made history: one of its commits does not build, one hides the
# finding behind another, and the checkout that asks stays as it is.
set -euo pipefail
command -v git >/dev/null || { echo 'skipped: git is not installed'; exit 77; }
root=$(realpath "$(dirname "$0")/../..")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0
fail() { echo "not ok - $*"; failed=1; }

# Its program is a script; that it is built is a copy.
mkdir "$work/project" && cd "$work/project"
git init -q -b main .
git config user.name nobody
git config user.email nobody@example.org
echo /build/ >.gitignore
cat >CMakePresets.json <<'JSON'
{
  "version": 3,
  "configurePresets": [{"name": "release", "generator": "Ninja", "binaryDir": "${sourceDir}/build/release"}],
  "buildPresets": [{"name": "release", "configurePreset": "release"}]
}
JSON
cat >CMakeLists.txt <<'CMAKE'
cmake_minimum_required(VERSION 3.20)
project(made NONE)
add_custom_target(rundown COMMAND bash -n ${PROJECT_SOURCE_DIR}/rundown.sh
  COMMAND ${CMAKE_COMMAND} -E copy ${PROJECT_SOURCE_DIR}/rundown.sh ${CMAKE_BINARY_DIR}/rundown)
CMAKE
commits=()
commit() { # SUBJECT SCRIPT
    printf '#!/bin/bash\n%s\n' "$2" >rundown.sh
    chmod +x rundown.sh
    git add -A
    git commit -qm "$1"
    commits+=("$(git rev-parse --short HEAD)")
}
# shellcheck disable=SC2016 # for the script to expand
good='[ "$1" = run ] && [ -f "$2" ] || exit 2'
commit "Begin" "$good"
commit "Go on" "$good # more"
commit "Break the build" 'if'
commit "Mend the build" "$good # and more"
commit "Break it" "$good; echo SIGNATURE: leak:one; exit 1"
commit "Hide it" "$good; echo SIGNATURE: another; exit 1"
commit "Show it again" "$good; echo SIGNATURE: leak:one; exit 1"
commit "Mend it" "$good # mended"
commit "Hide what is new" "$good; echo SIGNATURE: another; exit 1 # too"
commit "Show what is new" "$good; echo SIGNATURE: leak:one; exit 1 # too"
mkdir -p findings/one
echo '{"signature": "leak:one", "driver": "session", "found": {"flavour": "release"}}' >findings/one/report.json
echo 'DsBackupEnd(NULL)' >findings/one/program.txt
echo mine >mine.txt
state() { git rev-parse HEAD && git status --short && git worktree list && git for-each-ref && cat mine.txt; }
before=$(state)

ask() { status=0; bash "$root/fuzz/rundown/bisect.sh" findings "$@" >"$work/log" 2>&1 || status=$?; }
says() { # EXIT-CODE PATTERN...
    local pattern
    [ "$status" -eq "$1" ] || fail "exit code $status instead of $1: $(cat "$work/log" build/bisect/log)"
    for pattern in "${@:2}"; do grep -qE "$pattern" "$work/log" || fail "'$pattern' is not in: $(cat "$work/log")"; done
}

ask leak:one "${commits[0]}" "${commits[6]}"
says 0 '^The first commit with leak:one:$' "^${commits[4]} .* nobody$" '^    Break it$'
ask one "${commits[7]}"
says 0 '^One of these is the first commit with leak:one' "^${commits[8]} " "^${commits[9]} "
[ "$(grep -cE '^[0-9a-f]{7}' "$work/log")" -eq 2 ] || fail "not two commits: $(cat "$work/log")"
# The ends are not what they are said to be.
ask leak:one "${commits[5]}" "${commits[6]}"
says 1 "${commits[5]} shows another finding"
ask leak:one "${commits[4]}" "${commits[6]}"
says 1 "${commits[4]} has it"
ask leak:one "${commits[0]}" "${commits[1]}"
says 1 "${commits[1]} does not have it"
ask leak:one "${commits[2]}"
says 1 "${commits[2]} does not build"
ask leak:two "${commits[0]}"
says 1 "there is no finding 'leak:two' in findings"
ask leak:one nowhere
says 1 "there is no commit 'nowhere'"
[ "$(state)" = "$before" ] || fail "the checkout has changed: $(state)"

[ "$failed" -eq 0 ] && echo "ok - the commit that brought a finding is named"
exit "$failed"
