#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# own_library.sh BUILD
#
# docs/your-library.md as it is printed: its scenario, its CMakeLists.txt and its commands, in a project that has nothing but what an
# installation has. The sweep finds what the page speaks of, and its SARIF and JUnit are made there, too.
set -euo pipefail
export LC_ALL=C
build=$(realpath "$1")
page=$(dirname "$(realpath "$0")")/../../docs/your-library.md
[ -e /usr/include/json-c/json.h ] || { echo 'skipped: libjson-c-dev is not installed'; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() { echo "not ok - $*"; exit 1; }

mkdir "$work/home" "$work/mine"
cmake --install "$build" --component suite --prefix "$work/home/rundown" >"$work/log" 2>&1 || { cat "$work/log"; fail "it cannot be installed"; }
cd "$work/mine"
block() { awk -v fence="$1" '$0 == "```" { inside = 0 } inside; $0 == "```" fence { inside = 1; n++ } n > 1 { exit }' "$page"; }
block c >mine.c
block cmake >CMakeLists.txt
mapfile -t commands < <(sed -n '/^Then$/,/^## /{s/  *# .*//; s/^    //p}' "$page")
[ ${#commands[@]} -ge 6 ] || fail "the page prints ${#commands[@]} commands"
for command in "${commands[@]}"; do
    status=0
    HOME=$work/home PKG_CONFIG_PATH=$work/home/rundown/lib/pkgconfig bash -c "$command" >"$work/said" 2>&1 || status=$?
    [ $status -eq 0 ] || { [[ $command = build/mine* ]] && [ $status -eq 1 ]; } || { tail "$work/said"; fail "'$command' ends with $status"; }
    [[ $command != *sweep* ]] || grep -q '^SIGNATURE: ' "$work/said" || { cat "$work/said"; fail "'$command' finds nothing"; }
done
python3 - <<'PYTHON' || fail "mine.sarif or mine.xml is not what the page says"
import json, xml.etree.ElementTree as xml
results = json.load(open("mine.sarif"))["runs"][0]["results"]
assert results and all(r["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "mine.c" for r in results), results
assert [c.get("name") for c in xml.parse("mine.xml").getroot().iter("testcase")] == ["parses"]
PYTHON
echo "ok - ${#commands[@]} commands of docs/your-library.md"
