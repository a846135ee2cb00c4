#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# The stress tests, in short: what `./build.sh stress` does for minutes holds for seconds.
set -euo pipefail
if grep -qs '^RUNDOWN_SANITIZE:.*=memory$' "$1/CMakeCache.txt"; then
    echo "skipped: the daemon does not exist in this flavour: libuv is not instrumented for MemorySanitizer"
    exit 77
fi
stress=$(dirname "$0")/../measure/stress
RUNDOWN_FIGURES=$(mktemp -d)
export RUNDOWN_FIGURES
trap 'rm -rf "$RUNDOWN_FIGURES"' EXIT
bash "$stress/deaths.sh" "$1" rounds=20 seed=1
bash "$stress/abuse.sh" "$1" together=40 cycles=200 peers=30 seconds=0
bash "$stress/soak.sh" "$1" sessions=1500
bash "$stress/throughput.sh" "$1" megabytes=20 rounds=1 percent=1
