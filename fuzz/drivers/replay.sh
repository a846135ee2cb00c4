#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# replay.sh BUILD [--driver D] [PATH...]
#
# Runs the whole corpus, or the given programs (.txt) and inputs, once. Strict: an unreadable, missing
# or empty path fails, and so does a corpus folder with fewer files than corpus/counts says.
set -euo pipefail

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

while read -r folder least; do
    case "$folder" in '' | '#'*) continue ;; esac
    # Programs are text; inputs of the other drivers are bytes, each with a text beside it that reads them.
    case "$folder" in
    session | regressions) "$build/rundown" run --least "$least" "corpus/$folder" ;;
    *) "$build/replay_$folder" --least "$least" "corpus/$folder" ;;
    esac
done <corpus/counts
