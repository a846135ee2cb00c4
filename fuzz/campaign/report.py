# SPDX-License-Identifier: Apache-2.0
"""The end of a campaign: the table of jobs, what was found, the verdict, build/campaign/campaign.json."""
import json
import os
import subprocess
import time
from pathlib import Path

from .terminal import width
from .words import read_text

LEAST_SHARE = 0.9          # of the time that was asked for, by the engine's own words
LEAST_EXECUTIONS = 1000
LEAST_RATE = 100  # a second: a short job, on a machine that has other work, does fewer
STABLE = 100.0
COLUMNS = (("driver", 11, "<"), ("job", 20, "<"), ("executions", 11, ">"), ("per s", 7, ">"), ("coverage", 8, ">"), ("corpus", 7, ">"),
           ("stable", 7, ">"), ("found", 5, ">"), ("seconds", 9, ">"))
# What there is no room for goes first.
EXPENDABLE = ("stable", "corpus", "per s", "coverage")


def columns_within(columns):
    kept = list(COLUMNS)
    for name in EXPENDABLE:
        if sum(w + 1 for _, w, _ in kept) - 1 <= columns - 1:
            break
        kept = [column for column in kept if column[0] != name]
    return kept


def line_of(cells, kept):
    return " ".join(f"{cells[name]:{align}{w}}" for name, w, align in kept).rstrip()


def row(job):
    words = job.words
    seconds = f"{words.seconds:.0f}/{job.asked}"
    return {"driver": job.seat.driver, "job": job.seat.name, "executions": str(words.executions) if words.executions else "-",
            "per s": f"{words.executions / words.seconds:.0f}" if words.seconds else "-", "coverage": str(words.coverage or "-"),
            "corpus": str(words.corpus or "-"), "stable": "-" if words.stability is None else f"{words.stability:.2f}",
            "found": str(len(words.saved)), "seconds": seconds}


def table(jobs):
    kept = columns_within(width())
    lines = [line_of({name: name for name, _, _ in COLUMNS}, kept)] + [line_of(row(job), kept) for job in jobs]
    total = sum(job.words.executions for job in jobs)
    return lines + [f"total {total} executions in {sum(job.words.seconds for job in jobs):.0f} s of work"]


def problem_of(job):
    """What a job did not do of what was asked, by its own words; empty: nothing is wrong."""
    words, problems = job.words, []
    if not words.saved:
        if words.seconds < LEAST_SHARE * job.asked:
            problems.append(f"did {words.seconds:.0f} of {job.asked} s")
        if words.executions < min(LEAST_EXECUTIONS, LEAST_RATE * job.asked):
            problems.append(f"executed only {words.executions} inputs")
    if job.seat.role.stable and words.stability is not None and words.stability != STABLE:
        problems.append(f"stability is {words.stability:.2f} %, not 100 %")
    if job.problem:
        problems.append(job.problem)
    return "; ".join(problems)


def verdict_of(interrupted, findings, failing, problems):
    """The one word of campaign.json."""
    if interrupted:
        return "interrupted"
    if findings or failing:
        return "findings"
    return "not finished" if problems else "nothing found"


def commit():
    try:
        done = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False)
        return done.stdout.strip() or None
    except OSError:
        return None


def document(settings, jobs, findings, verdict, began):
    rows = []
    for job in jobs:
        words = job.words
        rows.append({
            "driver": job.seat.driver, "engine": job.seat.role.engine, "role": job.seat.role.name, "executions": words.executions,
            "per_second": round(words.executions / words.seconds, 1) if words.seconds else 0, "coverage": words.coverage,
            "corpus": words.corpus, "stability": words.stability, "findings": len(words.saved), "seconds_asked": job.asked,
            "seconds_done": round(words.seconds, 1), "problem": problem_of(job) or None, "curve": job.curve})
    return {"format": "rundown campaign", "version": 1, "date": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(began)),
            "commit": commit(), "seed": settings.seed, "seconds": settings.seconds, "cores": settings.jobs, "verdict": verdict,
            "jobs": rows, "findings": [f.folder for f in findings if f.folder]}


def write_json(path, content):
    """Whole, or as it was. OSError if it cannot be written."""
    partial = Path(f"{path}.new")
    partial.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    os.replace(partial, path)


def findings_text(findings, settings):
    """Each finding once: its report, and where it is."""
    lines = []
    for number, finding in enumerate(findings, 1):
        known = f", known since {finding.since}" if finding.since else ""
        told = read_text(settings.findings / finding.folder / "report.txt") if finding.folder and known else ""
        lines += ["", f"=== finding {number}: {finding.driver}, by {finding.by}{known}", f"{told}{finding.report}".rstrip()[:6000]]
        where = settings.findings / finding.folder if finding.folder else "it could not be saved"
        lines.append(f"signature {finding.signature}, seen {finding.count} time{'s' if finding.count != 1 else ''}: {where}")
    return lines


def executions_of(jobs, driver):
    return sum(job.words.executions for job in jobs if job.seat.driver == driver)
