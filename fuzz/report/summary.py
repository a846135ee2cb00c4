# SPDX-License-Identifier: Apache-2.0
"""The figures of one report: its verdict, and the numbers that are compared over runs."""
from collections import namedtuple

# `kind`: findings, failed, unfinished, unknown, clean, for the colour; the first line is the verdict.
Verdict = namedtuple("Verdict", "kind words because")

# What is compared over runs: key, words, unit. "more" says which direction is better.
MEASURES = (
    ("findings", "findings", "", "less"),
    ("tests_passed", "tests passed", "", "more"),
    ("tests_failed", "tests failed", "", "less"),
    ("points_fired", "fault points fired and handled", "", "more"),
    ("points_unreached", "fault points never reached", "", "less"),
    ("sweep_runs", "runs of the sweep", "", "more"),
    ("states", "states of the model visited", "", "more"),
    ("campaign_executions", "executions of the campaign", "", "more"),
    ("lines_covered", "lines of the target covered by the corpus", "%", "more"),
    ("bugs_found", "planted bugs found by any tool", "", "more"),
)


def points_of(sweep):
    points = sweep["points"]
    handled = [p for p in points if p["fired"] > 0 and p["fired"] == p["handled"]]
    return {"points_fired": len(handled), "points_unreached": sum(p["reached"] == 0 for p in points), "sweep_runs": sweep["totals"]["runs"]}


def states_of(enumeration):
    return {"states": sum(len(a["graph"]["states"]) for a in enumeration["alphabets"] if a["graph"])}


def campaign_of(campaign):
    return {"campaign_executions": sum(job["executions"] for job in campaign["jobs"])}


def coverage_of(coverage):
    lines = sum(file["lines"] for file in coverage["files"])
    covered = sum(file["covered"].get(coverage["sets"][0], {}).get("lines", 0) for file in coverage["files"])
    return {"lines_covered": round(100 * covered / lines, 1)} if lines else {}


def score_of(score):
    return {"bugs_found": len({row["bug"] for row in score["rows"] if row["found"]})}


READERS = {"sweep": points_of, "enumerate": states_of, "campaign": campaign_of, "coverage": coverage_of, "score": score_of}


def measure(tables, findings, tests):
    figures = {"findings": len(findings)}
    if sum(tests.values()):
        figures.update(tests_passed=tests["passed"], tests_failed=tests["failed"])
    for name, read in READERS.items():
        if tables[name].content is not None:
            figures.update(read(tables[name].content))
    return figures


def complaints_of(tables):
    """(kind, text) of what the tables say is wrong."""
    sweep, enumeration, campaign = (tables[name].content for name in ("sweep", "enumerate", "campaign"))
    for table in tables.values():
        if table.problem:
            yield "unfinished", f"{table.path}: {table.problem}"
    for name, table in (("the sweep", sweep), ("the enumeration", enumeration)):
        if table is None:
            continue
        if table["signatures"]:
            yield "findings", f"{name} saw {len(table['signatures'])} signatures"
        if not table["finished"]:
            yield "unfinished", f"{name} did not come to its end"
    if sweep is not None:
        wrong = sum(p["wrong"] is not None for p in sweep["points"])
        if wrong:
            yield "findings", f"{wrong} fault points are not as they should be"
    if campaign is not None and campaign["verdict"] != "nothing found":
        kind = "findings" if campaign["verdict"] == "findings" else "unfinished"
        yield kind, f"the campaign: {campaign['verdict']}"


WORDS = {
    "findings": "findings",
    "failed": "failed tests",
    "unfinished": "not finished",
    "unknown": "nothing was run",
    "clean": "nothing found",
}


def judge(tables, findings, broken, tests):
    """Nothing done is not success: without a test and without a search there is no verdict."""
    because = []
    if findings:
        because.append(("findings", f"{len(findings)} saved finding{'s' if len(findings) != 1 else ''}"))
    because += [("unfinished", f"findings/{name}: {problem}") for name, problem in broken]
    because += complaints_of(tables)
    if tests["failed"]:
        because.append(("failed", f"{tests['failed']} failed test{'s' if tests['failed'] != 1 else ''}"))
    ran = any(tables[name].content is not None for name in ("sweep", "enumerate", "campaign")) or tests["passed"] > 0
    if not because and not ran:
        because.append(("unknown", "there is no result of a test, a sweep, an enumeration or a campaign"))
    kinds = {kind for kind, _ in because}
    kind = next((k for k in WORDS if k in kinds), "clean")
    return Verdict(kind, WORDS[kind], [text for _, text in because])
