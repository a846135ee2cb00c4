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
while read -r name _; do
    [ -e "$here/$name.patch" ] || wrong "$name has a line in first-run.txt, and no patch"
done < <(grep '^[0-9]*-' "$here/first-run.txt")
# A round is the lines before its sum.
rounds=$(awk '/^[0-9]+-/ { all++; found += $2 != "missed" } / of [0-9]+ found / {
    if ($1 != found || $3 != all) exit 1
    print found, all
    found = all = 0
}' "$here/first-run.txt") || wrong "a sum of first-run.txt is another one"
while read -r found all; do
    for page in README.md docs/bugs.md; do
        grep -q "\<$found of $all\>" "$page" || wrong "$page does not say that $found of $all were found the first time"
    done
done <<<"$rounds"
[ "$failed" = 1 ] || echo "ok - all bugs apply; found the first time, of how many: ${rounds//$'\n'/, }"
exit "$failed"
