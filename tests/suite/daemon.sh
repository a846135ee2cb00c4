#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# What the daemon decides, each scenario with every fault at every point: no finding, every fault point fired and handled, and
# none unreached without a reason. Under sanitizers, which cost more, an eighth of the points.
#
# contract: daemon.idle, daemon.session-idle, daemon.slow, daemon.silent, daemon.full, daemon.flood, daemon.peer
# contract: daemon.descriptors, daemon.log, daemon.memory, daemon.nothing-left
set -euo pipefail
build=$(realpath "$1")
cd "$(dirname "$0")/../.."
if [ ! -x "$build/rundown_daemon" ]; then
    echo "skipped: the daemon does not exist in this flavour: libuv is not instrumented for MemorySanitizer"
    exit 77
fi
case $(basename "$build") in
*release) options=(--unreached fuzz/daemon/unreached.txt) ;;
*) options=(--slice 1/8) ;;
esac
"$build/rundown_daemon" "${options[@]}"
