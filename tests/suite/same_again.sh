#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# A program does the same in every process: codes, bytes sent, calls at fault points, call by call.
set -euo pipefail
build=$(realpath "$1")
cd "$(dirname "$0")/../.."

traces() {
    "$build/rundown" run --trace --least 50 corpus/session corpus/regressions
}
first=$(traces)
second=$(env -i "$build/rundown" run --trace --least 50 corpus/session corpus/regressions)
diff <(echo "$first") <(echo "$second")
echo "$first" | tail -n 1
