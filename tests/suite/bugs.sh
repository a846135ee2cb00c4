#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Every planted bug is found, and for the right reason. Each needs one flavour: those that a sanitizer alone can see are
# looked for in the asan build, all others in the release build.
set -euo pipefail
case $(basename "$(realpath "$1")") in
release) flavour=release ;;
asan) flavour=asan ;;
*) echo "skipped: planted bugs are looked for in the flavours release and asan" && exit 77 ;;
esac
bugs=$(dirname "$0")/../measure/bugs
python3 "$bugs/pairs.py" table
bash "$bugs/gate.sh" "$flavour"
# Two bugs are two findings.
[ "$flavour" != release ] || LOOKS=1/64:1 bash "$bugs/pairs.sh" --fixed
