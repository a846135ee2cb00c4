#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""scenarios_formats.py WORK: what a sweep wrote into WORK as json, sarif and junit is what it printed, in WORK/text."""
import json
import sys
import xml.etree.ElementTree as xml
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
from fuzz.report import verdicts  # pylint: disable=wrong-import-position


def check_sarif(log, swept):
    """One result for each cause, where its scenario stands."""
    run = log["runs"][0]
    assert log["version"] == "2.1.0" and len(run["results"]) == len(swept["findings"])
    scenarios = {s["name"]: s for s in swept["scenarios"]}
    for result, finding in zip(run["results"], swept["findings"]):
        assert result["partialFingerprints"]["rundownSignature/v1"] == finding["signature"]
        rule = run["tool"]["driver"]["rules"][result["ruleIndex"]]
        assert rule["id"] == result["ruleId"] == "rundown/" + finding["verdict"]
        assert swept["verdicts"][finding["verdict"]].lower() in rule["help"]["text"].lower()
        assert finding["detail"] in result["message"]["text"] and finding["fault"] in result["message"]["text"]
        assert result["occurrenceCount"] == finding["seen"] and result["properties"].get("reproduce", "") == finding["again"]
        place = result["locations"][0]["physicalLocation"]
        assert place["artifactLocation"] == {"uri": "tests/scenarios/scenarios.c", "uriBaseId": "%SRCROOT%"}, place
        assert place["region"]["startLine"] == scenarios[finding["scenario"]]["line"]
    functions = {r["properties"]["signature"]: [n["name"] for n in r["locations"][0].get("logicalLocations", [])] for r in run["results"]}
    assert functions["crash:toy_unchecked"] == ["toy_unchecked"] and functions["left-behind:mem.alloc@toy_joined#1"] == ["toy_joined"]


def check_junit(path, swept):
    """A case for each scenario; it fails if the sweep has found something in it."""
    cases = {c.get("name"): c for c in xml.parse(path).getroot().iter("testcase")}
    assert sorted(cases) == sorted(s["name"] for s in swept["scenarios"])
    failing = {f["scenario"] for f in swept["findings"]}
    assert {name for name, c in cases.items() if c.find("failure") is not None} == failing and failing != set(cases)
    for finding in swept["findings"]:
        assert finding["signature"] in cases[finding["scenario"]].find("failure").text
    assert all(float(c.get("time")) >= 0 for c in cases.values())


def main(work):
    swept = json.loads((work / "json").read_text(encoding="utf-8"))
    found = [f["signature"] for f in swept["findings"]]
    said = [line[11:] for line in (work / "text").read_text(encoding="utf-8").splitlines() if line.startswith("SIGNATURE: ")]
    assert found == said and found, (found, said)
    assert set(swept["verdicts"]) == set(verdicts.CWE_OF_SCENARIOS), "a verdict without a weakness"
    assert swept["unseen"] == ["pthread_create"], swept["unseen"]
    check_sarif(json.loads((work / "sarif").read_text(encoding="utf-8")), swept)
    check_junit(work / "junit", swept)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
