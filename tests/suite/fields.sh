#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# fields.sh BUILD
#
# `rundown fields`: the whole sweep of the wire, of a right target; no field, position or kind of change without runs; the same
# runs in one process, in seven and in slices; two fields at once. What it finds in wrong targets is the business of tests/measure/bugs.
set -euo pipefail
build=$(realpath "$1")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
rundown=$build/rundown

"$rundown" fields --json all.json >all
tail -n 1 all
"$rundown" fields --jobs 1 --slice 1/2 --json one.json >/dev/null
"$rundown" fields --jobs 7 --slice 2/2 --json two.json >/dev/null
# Two fields at once: a part of it, because all takes ten times as long.
"$rundown" fields --pairs --slice 5/32 --json pairs.json | tail -n 1
python3 - <<'PYTHON'
import json
from collections import defaultdict

SENT = ["alter_context", "bind", "co_cancel", "orphaned", "request"]
ANSWERED = ["bind_ack", "bind_nak", "fault", "response"]
DONE = {
    "server": {"(after the next)", "(cut off within)", "(dropped)", "(inserted before)", "(repeated)", "(with a trailer)"},
    "client": {"(cut off within)", "(ends early)", "(inserted before)", "(repeated)", "(with a trailer)"},
}
# A field that has the value already is not changed to it.
MAY_BE_THERE = {"zero", "one", "twice", "swapped"}
BESIDE_A_LIMIT = {"below", "limit", "above"}
WITH_LIMIT = {"alloc_hint", "frag_length", "auth_length", "auth_pad_length", "max_xmit_frag", "max_recv_frag"}
# What is done to some PDUs alone.
OF_TYPE = {"bind_ack": {"(result and reason)"}, "bind_nak": {"(each reason)", "(in the other byte order)"}, "fault": {"(each status)", "(in the other byte order)"}}
OF_REQUEST = {"(stub more)", "(stub less)", "(another character)", "(another number)"}
OF_REPLY = {"(elements more)", "(elements less)", "(another element)"}
# They are headers and nothing else: as short as any PDU, without room for a trailer.
TOO_SHORT = {("orphaned", "(after the next)"), ("bind_nak", "(with a trailer)")}
NO_BODY = {("bind_nak", "auth_length"), ("co_cancel", "auth_length"), ("orphaned", "auth_length"), ("co_cancel", "frag_length"), ("orphaned", "frag_length")}

wrong = []


def check(condition, text):
    if not condition:
        wrong.append(text)


def load(name):
    found = json.load(open(name))
    return found, {tuple(c[k] for k in ("to", "type", "position", "field")): c["runs"] for c in found["cells"]}


everything, cells = load("all.json")
check(everything["findings"] == 0, "a right target has findings")
check(everything["runs"] == sum(sum(r.values()) for r in cells.values()), "the cells do not add up to the runs")
for to, wanted in ("server", SENT), ("client", ANSWERED):
    types = sorted({c[1] for c in cells if c[0] == to})
    check(types == wanted, f"PDUs to the {to}: {types}")
positions = {c[1:3] for c in cells}
for position in "whole", "first", "middle", "last":
    check(("request", position) in positions, f"no {position} fragment of a request")
for position in "whole", "first", "last":
    check(("response", position) in positions, f"no {position} fragment of a response")
for kind in {c[:3] for c in cells}:
    fields = {c[3] for c in cells if c[:3] == kind}
    missing = {done for done in DONE[kind[0]] - fields if (kind[1], done) not in TOO_SHORT}
    check(not missing, f"{kind}: nothing was {missing}")
    if kind[:2] == ("server", "request"):
        check(not OF_REQUEST - fields, f"{kind}: nothing with {OF_REQUEST - fields}")
    if kind == ("server", "request", "whole"):
        check("(no text)" in fields, f"{kind}: no text was left out")
    if kind[0] == "client":
        missing = OF_TYPE.get(kind[1], set()) - fields
        if kind[1:] == ("response", "whole"):
            missing |= OF_REPLY - fields
        check(not missing, f"{kind}: nothing with {missing}")
for (*kind, field), runs in cells.items():
    if field.startswith("("):
        continue
    for value, count in runs.items():
        wanted = field in WITH_LIMIT if value in BESIDE_A_LIMIT else value not in MAY_BE_THERE
        impossible = (kind[1], field) in NO_BODY and value in BESIDE_A_LIMIT
        check(count > 0 or impossible or not wanted, f"{kind} {field}: no run with {value}")
        check(count == 0 or value not in BESIDE_A_LIMIT or wanted, f"{kind} {field}: a limit that is none, {value}")
added = defaultdict(int)
for name in "one.json", "two.json":
    for cell, runs in load(name)[1].items():
        added[cell] += sum(runs.values())
paired = load("pairs.json")[1]
check({c[0] for c in paired if c[3] == "(two fields)"} == {"server", "client"}, "no runs with two fields")
check(added == {cell: sum(runs.values()) for cell, runs in cells.items()}, "two halves are not the whole")
for text in wrong:
    print("not ok -", text)
if wrong:
    raise SystemExit(1)
print(f"ok - {len(cells)} rows, {everything['runs']} runs")
PYTHON
