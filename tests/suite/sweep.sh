#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Every program of the corpus with every fault at every point: no finding, every fault point fired and
# handled, and none unreached without a reason. Under sanitizers, which cost ten times as much, a
# quarter of the points.
set -euo pipefail
build=$(realpath "$1")
cd "$(dirname "$0")/../.."
findings=$(mktemp -d)
trap 'rm -rf "$findings"' EXIT

case $(basename "$build") in
*release) options=(--unreached faults/unreached.txt) ;;
*) options=(--slice 1/4) ;;
esac
"$build/rundown" sweep --findings "$findings" "${options[@]}" corpus/session corpus/regressions
# The same with hostile peers: nothing is left behind, whatever fails while they are served.
for driver in server_pdu client_pdu; do
    "$build/rundown" sweep --findings "$findings" --driver $driver "corpus/$driver"/*.bin
done
