#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# unseen.sh BUILD: each bug of tests/measure/bugs/unseen still applies to target/ without fuzz, each line of first-run.txt is of one
# of them, and the documents say of the first run what stands there. A bug without a line waits for its first run.
set -euo pipefail
export LC_ALL=C
cd "$(dirname "$0")/../.."
here=tests/measure/bugs/unseen
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0
wrong() { echo "not ok - $*" && failed=1; }

cp -r target "$work/"
for patch in "$here"/*.patch; do
    name=$(basename "$patch" .patch)
    patch -s -p1 -F0 --dry-run -d "$work" <"$patch" >"$work/log" 2>&1 || { cat "$work/log" && wrong "$name does not apply"; }
    [ "$(grep -c "^$name " "$here/first-run.txt")" -le 1 ] || wrong "$name has two lines in first-run.txt"
    [ "$(sed -n '/^---$/q; s/^\(Rule\|Needs\): ..*/\1/p' "$patch" | tr '\n' ' ')" = "Rule Needs " ] || wrong "$name has another head"
done
found=$(grep -c '^[0-9a-z-]* *\(replay\|sweep\|enumerate\|fields\|tool\|daemon\) ' "$here/first-run.txt")
all=$(grep -c '^[0-9]*-' "$here/first-run.txt")
while read -r name _; do
    [ -e "$here/$name.patch" ] || wrong "$name has a line in first-run.txt, and no patch"
done < <(grep '^[0-9]*-' "$here/first-run.txt")
for page in README.md docs/bugs.md; do
    grep -q "found $found of $all" "$page" || wrong "$page does not say that the first run found $found of $all"
done
[ "$failed" = 1 ] || echo "ok - $all bugs apply, $found were found the first time"
exit "$failed"
