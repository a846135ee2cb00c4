#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# bisect.sh FINDINGS SIGNATURE GOOD [BAD]
# bisect.sh --step FLAVOUR FINDING
#
# Says which commit after GOOD, up to BAD (default HEAD), brought a saved finding. Works in a worktree of its own,
# build/bisect/tree, which it removes; the log is build/bisect/log. Exit code 0: it was found, or
# a few of which it is one. 1: it was not.
#
# --step judges the tree that it is called in, as `git bisect run` wants it: 0 the finding is not there, 1 it is, 125 the tree
# does not build or the run says nothing of it. It asks `rundown run` and the replay of a driver alone, because old trees
# have nothing else.
set -euo pipefail
export LC_ALL=C

member() { # FINDING KEY...
    python3 -c '
import json, sys
with open(sys.argv[1] + "/report.json", encoding="utf-8") as file:
    value = json.load(file)
for key in sys.argv[2:]:
    value = value[key]
print(value)' "$@"
}

step() { # FLAVOUR FINDING
    local flavour=$1 finding=$2 driver signature status=0 program input
    driver=$(member "$finding" driver)
    signature=$(member "$finding" signature)
    case $driver in
    session) program=rundown input=(run "$finding/program.txt") ;;
    *) program=replay_$driver input=("$finding/input.bin") ;;
    esac
    { cmake --preset "$flavour" -DRUNDOWN_TESTS=OFF && cmake --build --preset "$flavour" --target "$program"; } >build.log 2>&1 || {
        echo "does not build: $(tail -n 1 build.log)"
        exit 125
    }
    timeout -k 5 60 "build/$flavour/$program" "${input[@]}" >run.log 2>&1 || status=$?
    if grep -qxF "SIGNATURE: $signature" run.log; then
        echo "has it"
        exit 1
    elif [ "$status" -eq 0 ]; then
        echo "does not have it"
        exit 0
    fi
    echo "shows another finding, or nothing: $(grep -m 1 '^SIGNATURE: ' run.log || tail -n 1 run.log)"
    exit 125
}

if [ "${1:-}" = --step ]; then
    step "$2" "$3"
fi

readonly findings=$1 signature=$2 good=$3 bad=${4:-HEAD}
readonly place=$PWD/build/bisect
fail() {
    printf 'bisect: %s\n' "$*" >&2
    exit 1
}

# The folder of that name or signature.
finding=
for folder in "$findings"/*/; do
    [ -f "$folder/report.json" ] || continue
    if [ "$(basename "$folder")" = "$signature" ] || [ "$(member "$folder" signature)" = "$signature" ]; then finding=$folder; fi
done
[ -n "$finding" ] || fail "there is no finding '$signature' in $findings"
for commit in "$good" "$bad"; do
    git rev-parse --verify --quiet "$commit^{commit}" >/dev/null || fail "there is no commit '$commit'"
done
good_commit=$(git rev-parse "$good^{commit}") bad_commit=$(git rev-parse "$bad^{commit}")
flavour=$(member "$finding" found flavour)

end() {
    git -C "$place/tree" bisect reset >/dev/null 2>&1 || true
    git worktree remove --force "$place/tree" 2>/dev/null || true
    rm -rf "$place/tree"
    git worktree prune
}
trap end EXIT
end
mkdir -p "$place"
rm -rf "$place/finding"
cp -r "$finding" "$place/finding"
# Old trees do not have it, or another one.
cp "$0" "$place/step.sh"
git worktree add --quiet --detach "$place/tree" "$bad_commit" >&2

try() { # COMMIT
    git -C "$place/tree" checkout --quiet --detach "$1"
    (cd "$place/tree" && bash "$place/step.sh" --step "$flavour" "$place/finding")
}
status=0
said=$(try "$bad_commit") || status=$?
[ "$status" -eq 1 ] || fail "$bad $said"
status=0
said=$(try "$good_commit") || status=$?
[ "$status" -eq 0 ] || fail "$good $said"

status=0
(
    cd "$place/tree"
    git bisect start "$bad_commit" "$good_commit"
    git bisect run bash "$place/step.sh" --step "$flavour" "$place/finding"
) >"$place/log" 2>&1 || status=$?
show() { # COMMIT...
    git log --no-walk --format='%h %ad %an%n    %s' --date=short "$@"
}
if [ "$status" -eq 0 ]; then
    printf 'The first commit with %s:\n' "$(member "$place/finding" signature)"
    show "$(git -C "$place/tree" rev-parse refs/bisect/bad)"
elif grep -q "^There are only 'skip'ped commits left" "$place/log"; then
    printf 'One of these is the first commit with %s; the others say nothing of it:\n' "$(member "$place/finding" signature)"
    mapfile -t any < <(grep -xE '[0-9a-f]{40,}' "$place/log")
    show "${any[@]}"
else
    fail "git bisect has not found it: $(tail -n 3 "$place/log")"
fi
