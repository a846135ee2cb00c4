#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""tables.py FOLDER: whether sweep.json and enumerate.json say the same as the printed tables sweep and enumerate, and as
sweep3.json and enumerate3.json of three processes. Exit code 1: they do not."""
import json
import os
import re
import sys

POINT = re.compile(r"^(\S+@\S+#\d+) +(?:(\d+) +(\d+) +(\d+) +(\d+)(?:  .*)?|(never reached.*))$", re.MULTILINE)
LEVEL = re.compile(r"^ *(\d+) +(\d+) +(\d+) +(\d+) +(\d+) +(\d+)$", re.MULTILINE)


def read(folder, name):
    with open(os.path.join(folder, name), encoding="utf-8") as file:
        return json.load(file) if name.endswith(".json") else file.read()


def comparable(name, document):
    """Without what may differ: the date, and the runs without a fault, which each process of a sweep makes for itself."""
    totals = {key: value for key, value in document["totals"].items() if name != "sweep" or key != "runs"}
    return {**document, "date": None, "totals": totals}


def check_head(document, name):
    assert document["format"] == f"rundown {name}" and document["version"] == 1, document["format"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", document["date"]), document["date"]
    assert document["finished"] is True


def check_sweep(document, text):
    printed = {row[0]: [int(n or 0) for n in row[1:5]] for row in POINT.findall(text)}
    written = {p["point"]: [p[n] for n in ("reached", "fired", "handled", "benign")] for p in document["points"]}
    assert printed == written, set(printed.items()) ^ set(written.items())
    assert len(written) > 50 and sum(n[1] for n in written.values()) > 100
    for point in document["points"]:
        assert point["point"].startswith(f"{point['class']}@{point['function']}#"), point
        assert point["kinds"] and (point["benign_kind"] is None or point["benign_kind"] in point["kinds"])
        assert (point["benign_because"] is None) == (point["benign_kind"] is None) == (point["benign"] == 0)
    totals = document["totals"]
    said = "{programs} programs, {points} points, {runs} runs, {fired} faults fired, {findings} findings".format(**totals)
    assert text.rstrip().endswith(said), said


def check_enumerate(document, text):
    names = ("calls", "states", "states_after_a_fault", "programs", "faults", "runs")
    alphabet = document["alphabets"][0]
    assert [[level[n] for n in names] for level in alphabet["levels"]] == [list(map(int, row)) for row in LEVEL.findall(text)]
    graph = alphabet["graph"]
    states, steps = graph["states"], graph["transitions"]
    assert graph["complete"] is True and len(states) > 10 and states[0]["depth"] == 0
    into = [0] * len(states)
    for step in steps:
        into[step["to"]] += step["visits"]
        assert 0 <= step["with_a_fault"] <= step["visits"]
        assert states[step["to"]]["depth"] <= states[step["from"]]["depth"] + 1
    # A program begins in the first state without a call.
    assert [s["visits"] - (i == 0) for i, s in enumerate(states)] == into
    assert any(0 < step["with_a_fault"] < step["visits"] for step in steps)


def main(folder):
    for name, check in (("sweep", check_sweep), ("enumerate", check_enumerate)):
        one, three = read(folder, f"{name}.json"), read(folder, f"{name}3.json")
        check_head(one, name)
        assert comparable(name, one) == comparable(name, three), f"{name}: three processes say something else than one"
        check(one, read(folder, name))


if __name__ == "__main__":
    main(sys.argv[1])
