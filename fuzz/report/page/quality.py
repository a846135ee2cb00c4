# SPDX-License-Identifier: Apache-2.0
"""How much is tested, and how well: coverage, planted bugs, speed."""
from .markup import bar, details, join, label, made, missing, number, table, tag

SETS = {"corpus": "the corpus", "faults": "with every fault", "tests": "all tests"}


def share(part, of):
    return "-" if of == 0 else f"{100 * part / of:.1f} %"


def coverage(report):
    table_of = report["tables"]["coverage"]
    content = table_of.content
    if content is None:
        return missing("coverage", table_of)
    sets = [name for name in content["sets"] if any(name in file["covered"] for file in content["files"])]
    heads = ["file", "lines#"] + [f"{SETS.get(s, s)}#" for s in sets] + [""] + ["branches#"] + [f"{SETS.get(s, s)}#" for s in sets]

    def row(name, lines, branches, covered):
        last = covered.get(sets[-1], {}) if sets else {}
        return ([name, number(lines)] + [share(covered.get(s, {}).get("lines", 0), lines) for s in sets] + [bar(last.get("lines", 0), lines)]
                + [number(branches)] + [share(covered.get(s, {}).get("branches", 0), branches) for s in sets])

    def total(what):
        return sum(file[what] for file in content["files"])

    summed = {s: {what: sum(file["covered"].get(s, {}).get(what, 0) for file in content["files"]) for what in ("lines", "branches")}
              for s in sets}
    rows = [row(tag("b", "all"), total("lines"), total("branches"), summed)]
    rows += [row(tag("code", file["file"]), file["lines"], file["branches"], file["covered"]) for file in content["files"]]
    return join([made(content), tag("p", "Lines and branches of the target that ran; the bar is of the last set."), table(heads, rows)])


def seconds(value):
    return "-" if value is None else f"{value:.2f} s"


def score(report):
    table_of = report["tables"]["score"]
    content = table_of.content
    if content is None:
        return missing("score card", table_of)
    tools = [(tool["tool"], f"{tool['found']} / {tool['bugs']}", bar(tool["found"], tool["bugs"]), seconds(tool["median_seconds"]),
              seconds(tool["most_seconds"]), number(tool["triggered_only"])) for tool in content["tools"]]
    bugs = {}
    for row in content["rows"]:
        bugs.setdefault(row["bug"], []).append(row)
    rows = []
    for name, of in sorted(bugs.items()):
        hits = [row for row in of if row["found"]]
        first = min(hits, key=lambda row: row["seconds"]) if hits else None
        rows.append((name, label("good", ", ".join(sorted({row["tool"] for row in hits}))) if hits else label("bad", "not found"),
                     seconds(first and first["seconds"]), first["verdict"] if first else ""))
    return join([
        made(content), tag("p", "Planted bugs, and what each tool finds of them on one core up to its first finding."),
        table(("tool", "bugs#", "", "median#", "longest#", "triggered but not seen#"), tools),
        details(f"{len(rows)} bugs, one by one", table(("bug", "found by", "soonest#", "verdict"), rows)),
    ])


def speed(report):
    table_of = report["tables"]["bench"]
    content = table_of.content
    if content is None:
        return missing("measurement of speed", table_of)
    rows = [(r["flavour"], number(r["programs_per_second"]), number(r["empty_per_second"])) for r in content["rates"]]
    durations = [(d["what"], seconds(d["seconds"])) for d in content["durations"]]
    return join([made(content), tag("p", f"Programs of 8 calls, on one of {content['cores']} cores, {content['processor']}."),
                 table(("flavour", "programs/s#", "a driver that does nothing/s#"), rows),
                 table(("what", "took#"), durations) if durations else ""])
