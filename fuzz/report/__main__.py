# SPDX-License-Identifier: Apache-2.0
"""python3 -m fuzz.report [--findings DIR] [--build DIR] [--out DIR] [--history OLD.json]...

Makes one report of what earlier commands have left: DIR/findings.sarif, DIR/junit.xml, DIR/report.json and DIR/index.html, a page
for people. Every result may be missing; the page says which command makes it. --history: report.json of earlier runs, to be compared.
Exit code 0: the report was written, whatever it says; 1: it could not be written; 2: wrong usage.
"""
import argparse
import datetime
import json
import os
import re
import subprocess
import sys
from pathlib import Path

from . import inputs, junit, sarif, summary
from .page import page
from .verdicts import read_verdicts

ROOT = Path(__file__).resolve().parents[2]


def commit():
    try:
        done = subprocess.run(["git", "-C", str(ROOT), "describe", "--always", "--exclude=*", "--abbrev=10", "--dirty"],
                              capture_output=True, text=True, check=False)
    except OSError:
        return None
    return done.stdout.strip() or None


def version():
    return re.search(r"project\(rundown VERSION ([\d.]+)", (ROOT / "CMakeLists.txt").read_text(encoding="utf-8")).group(1)


def read_history(paths):
    """Earlier runs, the oldest first, each once."""
    entries = {}
    for path in paths:
        content, problem = inputs.load(path, "rundown report")
        if content is None:
            sys.exit(f"report: {path}: {problem or 'is not there'}")
        for entry in content["history"] + [content["run"]]:
            entries[entry["date"], entry["commit"]] = entry
    return [entries[key] for key in sorted(entries, key=lambda key: key[0])]


def write(path, text):
    partial = path.with_name(path.name + ".new")
    partial.write_text(text, encoding="utf-8")
    os.replace(partial, path)


def gather(options):
    """Everything that the report says, as one dict."""
    verdicts = read_verdicts(ROOT)
    schema = json.loads((ROOT / "docs/report.schema.json").read_text(encoding="utf-8"))
    findings, broken = inputs.read_findings(options.findings, verdicts, schema["required"])
    tables = inputs.read_tables(options.build)
    cases = junit.read_all(options.build)
    tests = junit.count(cases)
    verdict = summary.judge(tables, findings, broken, tests)
    now = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    run = {"date": now, "commit": commit(), "verdict": verdict.words, "because": verdict.because,
           "figures": summary.measure(tables, findings, tests),
           "findings": sorted(finding["signature"] for _, finding in findings)}
    return {"findings": findings, "broken": broken, "tables": tables, "cases": cases, "tests": tests, "verdict": verdict, "run": run,
            "verdicts": verdicts, "history": read_history(options.history), "version": version()}


def documents(report):
    run = report["run"]
    log = sarif.document(report["findings"], report["verdicts"], report["version"], run["commit"], run["date"])
    results = {"format": "rundown report", "version": 1, "run": run, "history": report["history"]}
    return {
        "findings.sarif": json.dumps(log, indent=1, ensure_ascii=False) + "\n",
        "junit.xml": junit.document(report["cases"]),
        "report.json": json.dumps(results, indent=1, ensure_ascii=False) + "\n",
        "index.html": page(report),
    }


def main():
    parser = argparse.ArgumentParser(prog="./build.sh report", description="Makes one report of what earlier commands have left.")
    parser.add_argument("--findings", type=Path, default=Path("findings"), metavar="DIR", help="saved findings (default findings)")
    parser.add_argument("--build", type=Path, default=Path("build"), metavar="DIR", help="results of the commands (default build)")
    parser.add_argument("--out", type=Path, default=Path("build/report"), metavar="DIR", help="where it goes (default build/report)")
    parser.add_argument("--history", action="append", default=[], metavar="OLD.json", help="report.json of earlier runs")
    options = parser.parse_args()
    report = gather(options)
    try:
        options.out.mkdir(parents=True, exist_ok=True)
        for name, text in documents(report).items():
            write(options.out / name, text)
    except OSError as error:
        sys.exit(f"report: {error}")
    print(f"{report['run']['verdict']}: {options.out}/index.html, findings.sarif, junit.xml, report.json")


if __name__ == "__main__":
    main()
