#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# calls.sh BUILD: what docs/your-library.md says of the calls of forty libraries is what the command prints.
set -euo pipefail
build=$(realpath "$1")
cd "$(dirname "$(realpath "$0")")/../.."
status=0
python3 -B examples/libraries/calls/calls.py "$build/calls" >"$build/calls.txt" || status=$?
[ $status -eq 0 ] || { cat "$build/calls.txt"; exit $status; }
sed -n '/^### What forty libraries call$/,/^\*Simulated\*/p' docs/your-library.md | sed '1,4d; $d; s/^    //' | sed '$d' |
    diff - "$build/calls.txt" || { echo 'not ok - < docs/your-library.md, > the command'; exit 1; }
echo "ok - $(head -n 1 "$build/calls.txt")"
