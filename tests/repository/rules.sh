#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Each row of the table of rules names tests that are there and that run.
set -euo pipefail
cd "$(dirname "$0")/../.."

rows=0
while IFS= read -r row; do
    mapfile -t tests < <(grep -ow 'test_[a-z0-9_]*' <<<"$row")
    if [ ${#tests[@]} -eq 0 ]; then
        echo "not ok - no test in: $row"
        exit 1
    fi
    for test in "${tests[@]}"; do
        if ! grep -qE "(TEST|cmocka_unit_test[a-z_]*)\(${test}[,)]" tests/target/*/*.c tests/contract/*.c; then
            echo "not ok - no such test: $test"
            exit 1
        fi
    done
    rows=$((rows + 1))
done < <(sed -n '/^|---/,/^$/p' docs/wire-rules.md | grep '^| ')
[ "$rows" -gt 0 ] || { echo "not ok - no rows" && exit 1; }
echo "ok - $rows rules, each with its tests"
