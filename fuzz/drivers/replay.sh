#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# replay.sh BUILD [--driver D] [PATH...]
#
# Runs the whole corpus, or the given programs (.txt) and inputs, once. Strict: an unreadable,
# missing or empty path fails, and so does a folder of the corpus that is empty or of which not every
# file runs.
set -euo pipefail
export LC_ALL=C

readonly build=$1
shift
driver=
if [ "${1:-}" = --driver ]; then
    driver=${2:?--driver needs a name}
    shift 2
fi

if [ $# -gt 0 ]; then
    for path; do
        case "$path" in
        *.txt) "$build/rundown" run "$path" ;;
        *)
            name=${driver:-$(basename "$(dirname "$path")")}
            [ -x "$build/replay_$name" ] || {
                echo "replay: $path: say which driver it is for with --driver" >&2
                exit 2
            }
            "$build/replay_$name" "$path"
            ;;
        esac
    done
    exit 0
fi

# Programs are text; inputs of the other drivers are bytes, each with a readable text beside it.
for folder in session regressions handle server_pdu client_pdu ndr; do
    replay=("$build/replay_$folder") suffix=bin
    case $folder in session | regressions) replay=("$build/rundown" run) suffix=txt ;; esac
    count=$(find "corpus/$folder" -type f -name "*.$suffix" | wc -l)
    [ "$count" -gt 0 ] || { echo "replay: nothing in corpus/$folder" >&2; exit 1; }
    "${replay[@]}" --least "$count" "corpus/$folder"
done
