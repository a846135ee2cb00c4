#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# report_page.sh BUILD
#
# The page of a report in a real browser, on a wide screen and a phone, light and dark: no complaint of the console, every <details>
# opens, every link leads somewhere, no text without contrast, nothing wider than the screen. One page with everything, one with nothing.
set -euo pipefail
build=$(realpath "$1")
cd "$(dirname "$(realpath "$0")")/../.."
chromium=$(command -v chromium || command -v chromium-browser || true)
[ -n "$chromium" ] || { echo 'skipped: chromium is not installed'; exit 77; }
work=$(mktemp -d "${TMPDIR:-/tmp}/rundown-page.XXXXXX")
trap 'rm -rf "$work"' EXIT

mkdir -p "$work/build/release"
"$build/rundown" sweep --findings "$work/none" --json "$work/build/sweep.json" corpus/session/double-end.txt >/dev/null
"$build/rundown" enumerate -k 2 --findings "$work/none" --json "$work/build/enumerate.json" corpus/alphabet/tcp.txt >/dev/null
python3 -B tests/suite/report_page.py "$chromium" "$work"
