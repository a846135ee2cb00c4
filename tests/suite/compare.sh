#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# compare.sh BUILD: each tool of examples/libraries/compare runs the scenarios of json-c; what the suite finds there, a malloc
# that fails by LD_PRELOAD confirms as far as it can see.
set -euo pipefail
build=$(realpath "$1")
cd "$(dirname "$(realpath "$0")")/../.."
[ -e /usr/include/json-c/json.h ] || { echo 'skipped: libjson-c-dev is not installed'; exit 77; }
ninja -C "$build" library_json-c >/dev/null
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
status=0
bash examples/libraries/compare/compare.sh "$build" json-c >"$work/said" || status=$?
cat "$work/said"
[ $status -eq 0 ] || exit $status
awk '/^this suite/ { suite = $3 > 0 && $5 > 0 && $6 > 0 && $7 > 0 && $8 > 0 }
    /^malloc by LD_PRELOAD/ { malloc = $4 > 0 && $6 > 0 && $7 > 0 && $8 == "-" }
    /^libfiu, at random/ { libfiu = $4 > 0 && $5 > 0 }
    END { exit !(suite && malloc && libfiu) }' "$work/said" || { echo 'not ok - a tool has no line, or does not find what is there'; exit 1; }
echo 'ok - three tools'
