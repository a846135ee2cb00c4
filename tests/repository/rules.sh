#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Each row of the table of rules names tests that are there and that run.
set -euo pipefail
cd "$(dirname "$0")/../.."

there=" $(sed -n 's/^TEST(\(.*\))$/\1/p' tests/target/*/*.c tests/contract/*.c | tr '\n' ' ')"
rows=0
while IFS= read -r row; do
    # shellcheck disable=SC2016
    mapfile -t tests < <(cut -d '|' -f 4 <<<"$row" | grep -o '`[a-z0-9_]*`' | tr -d '`')
    if [ ${#tests[@]} -eq 0 ]; then
        echo "not ok - no test in: $row"
        exit 1
    fi
    for test in "${tests[@]}"; do
        if [[ $there != *" $test "* ]]; then
            echo "not ok - no such test: $test"
            exit 1
        fi
    done
    rows=$((rows + 1))
done < <(sed -n '/^|---/,/^$/p' docs/wire-rules.md | grep '^| ')
[ "$rows" -gt 0 ] || { echo "not ok - no rows" && exit 1; }
echo "ok - $rows rules, each with its tests"
