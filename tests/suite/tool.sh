#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# dsbackup as a whole, each scenario with every fault at every point: no finding, every fault point fired and handled, and
# none unreached without a reason. Under sanitizers, which cost more, a sixteenth of the points.
#
# contract: tool.exit-code, tool.passing, tool.unfinished, tool.resume, tool.truncate-last, tool.all-or-nothing, tool.owner
# contract: tool.reads-only, tool.password-file, tool.interrupted, tool.nothing-left
# contract: tool.strangers, tool.manifest, tool.checked, tool.keeps-session, tool.leftovers
set -euo pipefail
build=$(realpath "$1")
cd "$(dirname "$0")/../.."
case $(basename "$build") in
*release) options=(--unreached fuzz/tool/unreached.txt) ;;
*) options=(--slice 1/16) ;;
esac
"$build/rundown_tool" "${options[@]}"
