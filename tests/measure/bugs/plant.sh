#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# plant.sh NN
#
# Plants bug NN into build/plant/NN, for a look by hand: builds `rundown` with it, and runs what finds it.
set -euo pipefail
export LC_ALL=C
cd "$(dirname "$(realpath "$0")")/../../.."
# shellcheck source-path=SCRIPTDIR source=lib.sh
. tests/measure/bugs/lib.sh

work=build/plant/$1
file=$(bug_files "$1")
[ -f "$file" ] || { printf 'plant: there is no bug %s in tests/measure/bugs\n' "$1" >&2; exit 2; }
flavour=$(bug_field "$file" Flavour)

sed '/^---/q' "$file"
mkdir -p build/plant
bug_build "$file" "${flavour:-release}" rundown "$work"
grep '^+++ ' "$file" | sed -E "s|^\+\+\+ b?/?([^[:space:]]+).*|planted in  $work/\1|"
printf 'built       %s/out/rundown (%s)\n' "$work" "${flavour:-release}"
for tool in $BUG_TOOLS; do
    if ! bug_try "$tool" "$work" 100; then
        printf 'found by    %s: %s\nits output  %s/log\nsee it      %s\n' "$tool" "$(grep -m 1 '^FINDING' "$work/log" || tail -n 1 "$work/log")" \
            "$work" "$(bug_command "$tool" "$work")"
        exit 0
    fi
done
printf 'not found; try: ./build.sh fuzz, with the patch applied\n'
exit 1
