# SPDX-License-Identifier: Apache-2.0
"""scenarios.py JSON [--sarif FILE] [--junit FILE]

What the sweep of a program of scenarios wrote (--json, docs/report.md), as SARIF and as JUnit. It is run by that program, in a checkout and
from an installed suite. Paths below the current folder are relative to it. Exit code 0: all is written; 1: something is not.
"""
import argparse
import datetime
import json
import os
import re
import sys
from pathlib import Path

sys.path[0] = str(Path(__file__).resolve().parents[2])
from fuzz.report import junit, sarif, verdicts  # pylint: disable=wrong-import-position

ABOUT = ("Fault injection into C libraries.", "Uses a C library while the calls that it makes fail, and judges what it does with that.")


def path_of(scenario):
    """A compiler may have been told a path that is relative to a folder of its own: what follows "../" is the best that is known."""
    if not os.path.isabs(scenario["file"]) and not os.path.exists(scenario["file"]):
        return re.sub(r"^(\.\./)+", "", os.path.normpath(scenario["file"]))
    path = os.path.abspath(scenario["file"])
    relative = os.path.relpath(path)
    return path if relative.startswith("../") else relative


def function_of(signature):
    """Of "crash:F < CALLER" and of "left-behind:mem.alloc@F#1" it is F; None if the cause is another."""
    cause = signature.partition(":")[2]
    found = re.match(r"(?:[a-z]+\.[a-z]+@)?([A-Za-z_]\w*)(?:#\d+)?(?: <|,|$)", cause)
    return found.group(1) if found else None


def finding_of(entry, scenario):
    """As the suite's own findings are (docs/report.schema.json): what SARIF is made of."""
    point, _, kind = entry["fault"].partition(" ")
    return {
        "driver": "scenario", "verdict": entry["verdict"], "signature": entry["signature"],
        "message": f"{entry['detail']} (scenario {entry['scenario']}: {scenario['what']})", "reproduce": entry["again"],
        "location": {"file": path_of(scenario), "line": scenario["line"], "function": function_of(entry["signature"])},
        "faults": [{"class": point, "kind": kind, "call": None, "stack": []}] if point else [],
        "found": {"seen": entry["seen"], "by": "sweep", "flavour": None},
        "stack": [], "held": [], "calls": [], "call": None, "rules": [],
    }


def sarif_of(swept, date):
    scenarios = {s["name"]: s for s in swept["scenarios"]}
    findings = [(f["signature"], finding_of(f, scenarios[f["scenario"]])) for f in swept["findings"]]
    log = sarif.document(findings, verdicts.scenario_verdicts(swept["verdicts"]), swept["suite"], None, date, ABOUT)
    return json.dumps(log, indent=1, ensure_ascii=False) + "\n"


def text_of(entry):
    lines = [f"{entry['verdict']}: {entry['detail']}", f"signature: {entry['signature']}"]
    lines += [f"fault: {entry['fault']}, in {entry['fired_at']}", f"again: {entry['again']}"] if entry["fault"] else ["without a fault"]
    return "\n".join(lines)


def junit_of(swept):
    program = os.path.basename(swept["program"])
    cases = []
    for scenario in swept["scenarios"]:
        texts = [text_of(f) for f in swept["findings"] if f["scenario"] == scenario["name"]]
        cases.append(junit.Case(program, program, scenario["name"], "failed" if texts else "passed", scenario["seconds"], "\n\n".join(texts)))
    return junit.document(cases)


def main():
    parser = argparse.ArgumentParser(prog="scenarios.py", description="What a sweep of scenarios found, as SARIF and as JUnit.")
    parser.add_argument("json", type=Path)
    parser.add_argument("--sarif", type=Path)
    parser.add_argument("--junit", type=Path)
    options = parser.parse_args()
    swept = json.loads(options.json.read_text(encoding="utf-8"))
    date = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    try:
        if options.sarif is not None:
            options.sarif.write_text(sarif_of(swept, date), encoding="utf-8")
        if options.junit is not None:
            options.junit.write_text(junit_of(swept), encoding="utf-8")
    except OSError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
