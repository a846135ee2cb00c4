#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""report_formats.py WORK: the checks of report.sh, on its tests in WORK/build and on tests/suite/report/findings."""
import json
import re
import subprocess
import sys
import urllib.parse
import xml.etree.ElementTree as xml
from pathlib import Path

import jsonschema

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
from fuzz.report import inputs, junit, sarif, summary, verdicts  # pylint: disable=wrong-import-position

FINDINGS = ROOT / "tests/suite/report/findings"
NOTHING = {"passed": 0, "failed": 0, "skipped": 0}


def report(out, *options):
    subprocess.run([sys.executable, "-B", "-m", "fuzz.report", "--out", str(out), *map(str, options)], check=True, cwd=ROOT,
                   stdout=subprocess.DEVNULL)
    return out


def check_samples():
    """They are what docs/report.schema.json says; else the checks below are of something else."""
    schema = json.loads((ROOT / "docs/report.schema.json").read_text(encoding="utf-8"))
    findings, broken = inputs.read_findings(FINDINGS, verdicts.read_verdicts(ROOT), schema["required"])
    assert len(findings) >= 4 and not broken, broken
    for _, finding in findings:
        jsonschema.validate(finding, schema)
    return findings


def check_place(run, location):
    uri = location["physicalLocation"]["artifactLocation"]
    path = urllib.parse.unquote(uri["uri"])
    assert uri["uriBaseId"] in run["originalUriBaseIds"] and not path.startswith("/") and ":" not in path, uri
    assert path.startswith(("target/", "findings/")) and not re.search(r"[# ]", uri["uri"]), uri
    line = location["physicalLocation"].get("region", {}).get("startLine", 1)
    assert line >= 1
    return path, line


def check_sarif(log, findings):
    run = log["runs"][0]
    assert log["version"] == "2.1.0" and len(log["runs"]) == 1
    rules, known = run["tool"]["driver"]["rules"], verdicts.read_verdicts(ROOT)
    assert len(run["results"]) == len(findings)
    assert len({r["partialFingerprints"]["rundownSignature/v1"] for r in run["results"]}) == len(findings)
    taxa = {taxon["id"] for taxonomy in run["taxonomies"] for taxon in taxonomy["taxa"]}
    for result, (name, finding) in zip(run["results"], findings):
        rule = rules[result["ruleIndex"]]
        assert rule["id"] == result["ruleId"] == sarif.rule_id(finding["verdict"])
        assert known[finding["verdict"]].meaning.lower() in rule["help"]["text"].lower() and rule["help"]["markdown"]
        cwe = str(known[finding["verdict"]].cwe)
        assert rule["relationships"][0]["target"]["id"] == cwe and cwe in taxa
        assert f"external/cwe/cwe-{int(cwe):03d}" in rule["properties"]["tags"]
        assert finding["message"] in result["message"]["text"]
        assert result["partialFingerprints"]["rundownSignature/v1"] == finding["signature"]
        path, line = check_place(run, result["locations"][0])
        assert (path, line) == (finding["location"]["file"], finding["location"]["line"])
        for location in result["relatedLocations"]:
            check_place(run, location)
        steps = result["codeFlows"][0]["threadFlows"][0]["locations"]
        calls = [s["location"] for s in steps if s.get("nestingLevel", 0) == 0]
        assert len(calls) == len(finding["calls"]) > 0
        for location, call in zip(calls, finding["calls"]):
            assert call["text"] in location["message"]["text"]
            assert check_place(run, location) == (f"findings/{name}/program.txt", call["line"])
        assert len(steps) > len(calls) or not any(f["call"] and f["stack"] for f in finding["faults"])


def check_junit(path):
    root = xml.parse(path).getroot()
    cases = {f"{c.get('classname')} {c.get('name')}": c for c in root.iter("testcase")}
    outcomes = {name: "failed" if c.find("failure") is not None else "skipped" if c.find("skipped") is not None else "passed"
                for name, c in cases.items()}
    expected = {
        "release.unit.good first": "passed", "release.unit.good second one, row 3": "passed",
        "release.unit.wrong asserts": "failed", "release.unit.wrong goes_on": "passed",
        "release.unit.dies lives": "passed", "release.unit.dies dies": "failed",
        "release.unit.dies_afterwards lives": "passed", "release.unit.dies_afterwards (the whole)": "failed",
        "release.corpus.ndr one.bin": "passed", "release.corpus.ndr two.bin": "failed", "release.corpus.ndr three.bin": "failed",
        "release.corpus handle": "passed",
        "release.suite.bugs 01-found": "passed", "release.suite.bugs 02-never-found": "failed",
        "release.suite skips": "skipped", "release.suite speaks_of_failures": "passed",
        "asan ctest.xml": "failed", "broken ctest.xml": "failed", "corpus msan": "passed", "corpus afl": "failed",
    }
    assert outcomes == expected, set(outcomes.items()) ^ set(expected.items())
    assert "heap-use-after-free" in cases["release.unit.dies dies"].find("failure").text
    assert "1 != 2" in cases["release.unit.wrong asserts"].find("failure").text
    assert "they differ" in cases["release.corpus.ndr two.bin"].find("failure").text
    assert cases["release.suite skips"].find("skipped").get("message") == "no hammer"
    assert int(root.get("tests")) == len(cases) and int(root.get("failures")) == list(outcomes.values()).count("failed")
    for suite in root:
        assert int(suite.get("tests")) == len(suite) > 0
        assert int(suite.get("failures")) == len(suite.findall("testcase/failure"))


def tables(**contents):
    empty = {row[0]: inputs.Input(row[0], row[1], row[2], row[4], None, None) for row in inputs.TABLES}
    return {name: table._replace(content=contents.get(name)) for name, table in empty.items()}


def check_verdict():
    """Nothing makes it milder than the results are, and nothing done is not success."""
    point = {"reached": 1, "fired": 1, "handled": 1, "wrong": None}
    sweep = {"finished": True, "signatures": [], "points": [point], "totals": {"runs": 1}}
    campaign = {"verdict": "nothing found", "jobs": []}
    rows = (
        ("unknown", tables(), [], [], NOTHING),
        ("unknown", tables(coverage={}), [], [], {**NOTHING, "skipped": 3}),
        ("clean", tables(sweep=sweep), [], [], NOTHING),
        ("clean", tables(campaign=campaign), [], [], NOTHING),
        ("clean", tables(), [], [], {**NOTHING, "passed": 1}),
        ("failed", tables(sweep=sweep), [], [], {**NOTHING, "failed": 1}),
        ("unfinished", tables(sweep={**sweep, "finished": False}), [], [], NOTHING),
        ("unfinished", tables(campaign={**campaign, "verdict": "interrupted"}), [], [], NOTHING),
        ("unfinished", tables(campaign={**campaign, "verdict": "not finished"}), [], [], NOTHING),
        ("unfinished", tables(sweep=sweep), [], [("x", "has no report.json")], NOTHING),
        ("findings", tables(campaign={**campaign, "verdict": "findings"}), [], [], NOTHING),
        ("findings", tables(sweep={**sweep, "signatures": [{}], "finished": False}), [], [], {**NOTHING, "failed": 1}),
        ("findings", tables(sweep={**sweep, "points": [{**point, "wrong": "not handled"}]}), [], [], NOTHING),
        ("findings", tables(), [("x", {})], [], {**NOTHING, "failed": 1}),
    )
    for kind, of, findings, broken, tests in rows:
        verdict = summary.judge(of, findings, broken, tests)
        assert verdict.kind == kind, (kind, verdict)
        assert bool(verdict.because) == (kind != "clean")
    unreadable = tables(sweep=sweep)
    unreadable["coverage"] = unreadable["coverage"]._replace(problem="cannot be read")
    assert summary.judge(unreadable, [], [], NOTHING).kind == "unfinished"


def check_weaknesses():
    known = verdicts.read_verdicts(ROOT)
    assert len(known) > 40 and set(known) == set(verdicts.CWE), set(known) ^ set(verdicts.CWE)
    page = (ROOT / "docs/verdicts.md").read_text(encoding="utf-8")
    anchors = {re.sub(r"[^a-z0-9 -]", "", h.lower()).replace(" ", "-") for h in re.findall(r"^### (.+)$", page, re.MULTILINE)}
    for verdict in known.values():
        assert verdicts.section_of(verdict.name).partition("#")[2] in anchors, verdict.name


def check_broken_findings(work):
    """A folder that cannot be used is said to be so, and is never no finding."""
    sample = next(FINDINGS.glob("leak*/report.json")).read_text(encoding="utf-8")
    for name, text in (("cut", sample[:99]), ("other", '{"format": "rundown sweep", "version": 1}'), ("lacks", '{"format": "rundown finding", "version": 1}'),
                       ("verdict", sample.replace('"left behind on the client"', '"left somewhere"')), ("none", None)):
        (work / "broken" / name).mkdir(parents=True)
        if text is not None:
            (work / "broken" / name / "report.json").write_text(text, encoding="utf-8")
    out = report(work / "out", "--findings", work / "broken", "--build", work / "none")
    run = json.loads((out / "report.json").read_text(encoding="utf-8"))["run"]
    assert run["verdict"] == "not finished" and len(run["because"]) == 5, run


def check_history(work):
    """Each run once, the oldest first."""
    old = report(work / "old", "--findings", FINDINGS, "--build", work / "none") / "report.json"
    content = json.loads(old.read_text(encoding="utf-8"))
    content["run"]["date"] = "2026-01-02T00:00:00Z"
    content["history"] = [{**content["run"], "date": "2026-01-01T00:00:00Z"}]
    old.write_text(json.dumps(content), encoding="utf-8")
    new = report(work / "new", "--findings", FINDINGS, "--build", work / "none", "--history", old, "--history", old)
    history = json.loads((new / "report.json").read_text(encoding="utf-8"))["history"]
    assert [entry["date"] for entry in history] == ["2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z"]
    assert history[0]["figures"]["findings"] == 4
    wrong = subprocess.run([sys.executable, "-B", "-m", "fuzz.report", "--out", str(new), "--history", str(new / "junit.xml")],
                           cwd=ROOT, capture_output=True, text=True, check=False)
    assert wrong.returncode == 1 and "junit.xml: cannot be read" in wrong.stderr, wrong


def main(work):
    findings = check_samples()
    check_weaknesses()
    check_verdict()
    check_history(work)
    check_broken_findings(work)
    out = report(work / "report", "--findings", FINDINGS, "--build", work / "build")
    check_sarif(json.loads((out / "findings.sarif").read_text(encoding="utf-8")), findings)
    check_junit(out / "junit.xml")
    run = json.loads((out / "report.json").read_text(encoding="utf-8"))["run"]
    assert run["verdict"] == "findings" and run["figures"]["findings"] == len(findings) and run["because"]
    assert run["figures"]["tests_failed"] == junit.count(junit.read_all(work / "build"))["failed"]


if __name__ == "__main__":
    main(Path(sys.argv[1]))
