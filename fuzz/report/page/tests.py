# SPDX-License-Identifier: Apache-2.0
"""The tests: those that failed with the end of their output, those that were skipped with the reason, and how many passed."""
from ..junit import count
from .markup import details, join, label, number, table, tag


def groups(cases):
    suites = {}
    for case in cases:
        suites.setdefault(case.suite, []).append(case)
    return suites


def section(report):
    cases = report["cases"]
    if not cases:
        return tag("p", "There is no result of a test. ", tag("code", "./build.sh check"), " or ", tag("code", "./build.sh test"),
                   " makes it.", class_="missing")
    failed = [details(join([label("bad", "failed"), " ", tag("b", case.name), " ", tag("span", case.group, class_="quiet")]),
                      tag("pre", case.text)) for case in cases if case.outcome == "failed"]
    reasons = {}
    for case in cases:
        if case.outcome == "skipped":
            reasons.setdefault(case.text, []).append(f"{case.group} {case.name}")
    skipped = [(reason, number(len(of)), ", ".join(of)) for reason, of in sorted(reasons.items())]
    rows = []
    for name, of in groups(cases).items():
        counts = count(of)
        rows.append((name, number(counts["passed"]), number(counts["failed"]), number(counts["skipped"]),
                     f"{sum(case.seconds or 0 for case in of):.1f}"))
    return join([
        *failed,
        join([tag("h3", "Skipped"), table(("reason", "tests#", ""), skipped)]) if skipped else "",
        details(f"{number(len(rows))} groups of tests", table(("group", "passed#", "failed#", "skipped#", "seconds#"), rows)),
    ])
