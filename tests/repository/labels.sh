#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# labels.sh BUILD: every test has one label, each label has a row in docs/hacking.md, and each row has a test.
set -euo pipefail
build=$(realpath "$1")
cd "$(dirname "$0")/../.."

# shellcheck disable=SC2016
ctest --test-dir "$build" --show-only=json-v1 | python3 -c '
import json, re, sys
with open("docs/hacking.md", encoding="utf-8") as page:
    table = re.search(r"^\| label \| what \| where \|\n\|[-|]*\n((?:\|.*\n)+)", page.read(), re.MULTILINE)
told = set(re.findall(r"^\| `(\w+)` \|", table.group(1), re.MULTILINE)) if table else set()
tests = json.load(sys.stdin)["tests"]
labels = {t["name"]: [v for p in t["properties"] if p["name"] == "LABELS" for v in p["value"]] for t in tests}
wrong = [f"{name} has the labels {has}" for name, has in labels.items() if len(has) != 1]
used = {label for has in labels.values() for label in has}
wrong += [f"the label {label} has no row in docs/hacking.md" for label in used - told]
wrong += [f"no test has the label {label} of docs/hacking.md" for label in told - used]
for text in wrong:
    print("not ok -", text)
if wrong or len(tests) < 100:
    sys.exit(1)
print(f"ok - {len(tests)} tests, {len(used)} labels")'
