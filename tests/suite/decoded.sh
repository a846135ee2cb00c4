#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Beside each input of a wire driver there is a text that shows its content and
# effect; programs are in their canonical form; the table of what calls may
# return is the one that the model uses.
set -euo pipefail
build=$(realpath "$1")
cd "$(dirname "$0")/../.."

for driver in server_pdu client_pdu ndr handle; do
    "$build/rundown" decode --check "$driver" corpus/"$driver"/*.bin
    # A text without its input, or an input that lost its name, is not run.
    diff <(cd "corpus/$driver" && printf '%s\n' *.bin | sed 's/\.bin$/.txt/') <(cd "corpus/$driver" && find . -type f -not -name '*.bin' -printf '%f\n' | LC_ALL=C sort)
done
"$build/rundown" format --check corpus/session/*.txt corpus/regressions/*.txt corpus/alphabet/*.txt
diff fuzz/model/ALLOWED.md <(bash fuzz/model/allowed.sh "$build")
echo "ok - $(find corpus -name '*.bin' | wc -l) inputs, $(find corpus/session corpus/regressions -name '*.txt' | wc -l) programs"
