#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# sarif.sh BUILD
#
# build/report/findings.sarif, and what a sweep of scenarios writes, are valid by a tool that others wrote: Microsoft's SARIF Multitool with its rules for SARIF 2.1.0 and for
# an upload to GitHub, of the version and content that sarif/package-lock.json names. It is installed from the npm registry once, into
# build/sarif-multitool.
set -euo pipefail
build=$(realpath "$1")
cd "$(dirname "$(realpath "$0")")/../.."
command -v npm >/dev/null || { echo 'skipped: npm is not installed'; exit 77; }
[ "$(uname -sm)" = 'Linux x86_64' ] || { echo "skipped: the validator is for Linux on x86_64"; exit 77; }
work=$(mktemp -d "${TMPDIR:-/tmp}/rundown-sarif.XXXXXX")
trap 'rm -rf "$work"' EXIT

tool=build/sarif-multitool
if ! cmp -s tests/suite/sarif/package-lock.json "$tool/package-lock.json" || ! [ -f "$tool/complete" ]; then
    rm -rf "$tool"
    mkdir -p "$tool"
    cp tests/suite/sarif/package.json tests/suite/sarif/package-lock.json "$tool/"
    if ! (cd "$tool" && npm ci --ignore-scripts --no-audit --no-fund) >"$work/npm" 2>&1; then
        # Another content than the one that is written down is no lack of a network.
        grep -q EINTEGRITY "$work/npm" && { cat "$work/npm"; exit 1; }
        echo "skipped: the validator cannot be installed: $(grep -m 1 'npm ERR!\|npm error' "$work/npm" || tail -n 1 "$work/npm")"
        exit 77
    fi
    touch "$tool/complete"
fi
multitool=$tool/node_modules/@microsoft/sarif-multitool-linux/Sarif.Multitool
chmod +x "$multitool"
export DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1

validate() { # FILE: its complaints in $work/complaints
    "$multitool" validate "$1" --rule-kind 'Sarif;Ghas' >"$work/log" 2>&1 || true
    grep -q '^Done. 1 files scanned' "$work/log" || { echo "not ok - the validator did not run"; cat "$work/log"; exit 1; }
    # There is no page of the project to be named.
    grep -E ': (error|warning|note) ' "$work/log" | grep -v "does not provide 'informationUri'" >"$work/complaints" || true
}

python3 -B -m fuzz.report --findings tests/suite/report/findings --build "$work/none" --out "$work/report" >/dev/null
python3 -B -m fuzz.report --findings "$work/none" --build "$work/none" --out "$work/empty" >/dev/null
mkdir "$work/scenarios"
"$build/scenarios_toy" sweep --sarif "$work/scenarios/findings.sarif" >/dev/null || true
for log in report empty scenarios; do
    validate "$work/$log/findings.sarif"
    [ ! -s "$work/complaints" ] || { echo "not ok - $log:"; cat "$work/complaints"; exit 1; }
done

# A check that cannot fail shows nothing: each of these is seen, by the schema and by the rules.
breaks() { # NAME PYTHON WORDS
    python3 -c "
import json, sys
log = json.load(open(sys.argv[1]))
run = log['runs'][0]
result = run['results'][0]
$2
json.dump(log, open(sys.argv[2], 'w'), indent=1)" "$work/report/findings.sarif" "$work/broken.sarif"
    validate "$work/broken.sarif"
    grep -q "$3" "$work/complaints" || { echo "not ok - the validator does not see $1"; cat "$work/log"; exit 1; }
}
breaks 'a member that does not exist' 'result["bogus"] = 1' JSON1005
breaks 'a result without a rule' 'del result["ruleId"], result["ruleIndex"]' SARIF1010
breaks 'a rule index that is too great' 'result["ruleIndex"] = 99' SARIF1009
breaks 'a line below zero' 'result["locations"][0]["physicalLocation"]["region"]["startLine"] = -1' JSON
breaks 'a result without a place' 'result["locations"] = []' GH1015
echo 'ok'
