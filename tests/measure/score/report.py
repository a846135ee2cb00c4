#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""report.py DIRECTORY SUITE

Makes of DIRECTORY/results.tsv (score.sh; rows of that suite and of the bugs as they are) a table on the terminal,
score.json, and index.html with survival curves: which part of the bugs was not found after a time.
"""
import collections
import glob
import hashlib
import html
import json
import os
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from json_head import head  # pylint: disable=wrong-import-position

# Their order in every table, and their names for readers.
TOOLS = {
    "replay": "replay",
    "sweep": "sweep",
    "enumerate": "enumerate",
    "enumerate-1": "enumerate -k 1",
    "enumerate-2": "enumerate -k 2",
    "enumerate-3": "enumerate -k 3",
    "enumerate-4": "enumerate -k 4",
    "enumerate-3-alone": "enumerate -k 3, no faults",
    "libfuzzer": "libFuzzer",
    "afl": "AFL++",
    "without-model": "libFuzzer without model",
    "without-ledger": "libFuzzer without ledger",
    "without-faults": "libFuzzer without faults",
    "without-mutator": "libFuzzer without mutator",
    "without-judges": "libFuzzer, sanitizers only",
    "baseline": "conventional, ASan+LSan",
}
DEPTHS = ["enumerate-1", "enumerate-2", "enumerate-3", "enumerate-4"]

Row = collections.namedtuple("Row", "bug tool seed found seconds executions reached triggered verdict")
# median, least, most: None if that run did not find its bug.
# found, bugs: of those that were planted while the tools were made; after, of_after: of those that no tool had seen.
Line = collections.namedtuple("Line", "tool found bugs after of_after hits runs median least most executions triggered_only")
UNSEEN = {os.path.basename(file)[:-len(".patch")] for file in glob.glob("tests/measure/bugs/unseen/*.patch")}


def middle(values):
    """The median; of an even number the lower one, which is a value that was measured."""
    return sorted(values)[(len(values) - 1) // 2] if values else None


def number(text):
    return int(text) if text.isdigit() else float(text)


def read_rows(path, suite):
    """The rows that hold, the last one for each bug, tool and seed."""
    keys = set()
    for file in glob.glob("tests/measure/bugs/[0-9]*.patch") + glob.glob("tests/measure/bugs/unseen/*.patch"):
        with open(file, "rb") as patch:
            keys.add(f"{suite}-{hashlib.md5(patch.read()).hexdigest()[:12]}")
    rows = {}
    with open(path, encoding="utf-8") as file:
        for line in file:
            key, bug, tool, seed, found, seconds, executions, reached, triggered, verdict = line.rstrip("\n").split("\t")
            if key in keys:
                rows[bug, tool, seed] = Row(
                    bug, tool, int(seed), found == "found", number(seconds), number(executions) if executions else None,
                    int(reached), int(triggered), verdict,
                )
    return [rows[key] for key in sorted(rows)]


def add_depths(rows):
    """Enumerating up to four calls is enumerating up to one, two, three and four."""
    sums, best = collections.defaultdict(float), {}
    for row in rows:
        if row.tool in DEPTHS:
            sums[row.bug] += row.seconds
            if row.found or row.bug not in best:
                best[row.bug] = row
    return rows + [best[bug]._replace(tool="enumerate", seconds=round(sums[bug], 3)) for bug in sorted(best)]


def summarise(tool, rows):
    """One line of the table."""
    by_bug = collections.defaultdict(list)
    for row in rows:
        by_bug[row.bug].append(row)
    times = [row.seconds if row.found else float("inf") for row in rows]
    median, least, most = (None if t == float("inf") else t for t in (middle(times), min(times), max(times)))
    missed = [of for of in by_bug.values() if not any(row.found for row in of)]
    unseen = [of for bug, of in by_bug.items() if bug in UNSEEN]
    after = sum(any(row.found for row in of) for of in unseen)
    return Line(
        tool, len(by_bug) - len(missed) - after, len(by_bug) - len(unseen), after, len(unseen), sum(row.found for row in rows), len(rows), median, least, most,
        middle([row.executions for row in rows if row.found and row.executions is not None]),
        sum(any(row.triggered > 0 for row in of) for of in missed),
    )


def summarise_all(rows):
    lines = [summarise(tool, of) for tool in TOOLS if (of := [row for row in rows if row.tool == tool])]
    # "enumerate -k 3" is whatever it finds with up to three calls: the search stops at the least k.
    found = bugs = after = of_after = 0
    for i, line in enumerate(lines):
        if line.tool in DEPTHS:
            found, bugs = found + line.found, max(bugs, line.bugs)
            after, of_after = after + line.after, max(of_after, line.of_after)
            lines[i] = line._replace(found=found, bugs=bugs, after=after, of_after=of_after)
    return lines


def seconds(value):
    return "not" if value is None else f"{value:.2f} s"


def table(lines):
    text = f"{'':28} {'planted':>9} {'unseen':>9} {'runs':>9}  {'median':>9}  {'range':>18} {'executions':>11} {'triggered':>10}\n"
    for line in lines:
        executions = "-" if line.executions is None else line.executions
        text += (
            f"{TOOLS[line.tool]:28} {line.found:4d} /{line.bugs:3d} {line.after:4d} /{line.of_after:3d} {line.hits:4d} /{line.runs:4d}  {seconds(line.median):>9}  "
            f"{seconds(line.least):>8} - {seconds(line.most):>7} {executions:>11} {line.triggered_only:>10}\n"
        )
    return text


def write_json(path, rows, lines):
    content = {
        **head("rundown score"),
        "rows": [row._asdict() for row in rows],
        "tools": [
            {
                "tool": line.tool, "found": line.found, "bugs": line.bugs,
                "unseen_found": line.after, "unseen_bugs": line.of_after, "runs_found": line.hits, "runs": line.runs,
                "median_seconds": line.median, "least_seconds": line.least, "most_seconds": line.most,
                "median_executions": line.executions, "triggered_only": line.triggered_only,
            }
            for line in lines
        ],
    }
    with open(path, "w", encoding="utf-8") as file:
        json.dump(content, file, indent=1)
        file.write("\n")


def curve(rows):
    """Survival: each run that found its bug is a step down."""
    times = sorted(row.seconds for row in rows if row.found)
    points = [(0.01, 1.0)]
    points += [(max(time, 0.01), 1 - (i + 1) / len(rows)) for i, time in enumerate(times)]
    return points + [(60, points[-1][1])]


def plot(path, rows):
    blocks, plots = "", []
    for tool in (t for t in TOOLS if t not in DEPTHS):
        of = [row for row in rows if row.tool == tool]
        if of:
            blocks += f"${len(plots)} << EOD\n".replace("$", "$curve_")
            blocks += "".join(f"{x:g} {y:.6f}\n" for x, y in curve(of)) + "EOD\n"
            plots.append(f"$curve_{len(plots)} with steps lw 2 dt {(len(plots) + 1) // 9 + 1} title '{TOOLS[tool]}'")
    script = f"""
set terminal svg size 900,520 dynamic font 'sans-serif,13' background rgb 'white'
set output '{path.replace("'", "''")}'
set logscale x
set xrange [0.01:60]
set yrange [0:1.02]
set format y '%.1f'
set xlabel 'seconds on one core'
set ylabel 'part of the planted bugs (times seeds) not found'
set key outside right top
set grid
plot {', '.join(plots)}
"""
    subprocess.run(["gnuplot"], input=blocks + script, text=True, check=True)


def cell(rows):
    """The runs that found it, of how many, and their median time."""
    if not rows:
        return "<td></td>"
    hits = [row for row in rows if row.found]
    if not hits:
        return f"<td class=no>{'triggered' if any(row.triggered > 0 for row in rows) else 'no'}</td>"
    verdict = [row.verdict for row in rows if row.verdict][-1:] or [""]
    share = f"{len(hits)}/{len(rows)} " if len(rows) > 1 else ""
    return (
        f"<td class={'yes' if len(hits) == len(rows) else 'some'} title=\"{html.escape(verdict[0])}\">"
        f"{share}{middle([row.seconds for row in hits]):.2f} s</td>"
    )


STYLE = """body { font: 15px/1.4 sans-serif; max-width: 1500px; margin: 2em auto; padding: 0 1em; color: #222 }
table { border-collapse: collapse; font-size: 13px } td, th { padding: 2px 7px; border-bottom: 1px solid #ddd; text-align: left; white-space: nowrap }
th { vertical-align: bottom } .yes { background: #d9f2d9 } .some { background: #fdf3c7 } .no { background: #f7d4d4 } pre { background: #f6f6f6; padding: 1em; overflow-x: auto }"""


def write_page(path, rows, text):
    cells = collections.defaultdict(list)
    for row in rows:
        cells[row.bug, row.tool].append(row)
    with open(path, "w", encoding="utf-8") as file:
        file.write(
            f'<!doctype html>\n<meta charset="utf-8">\n<title>Rundown: score card</title>\n<style>\n{STYLE}\n</style>\n'
            "<h1>Score card</h1>\n<p>Planted bugs (<code>tests/measure/bugs</code>) and what finds them, each on one core up to its "
            f"first finding.</p>\n<pre>\n{html.escape(text)}</pre><img src=\"survival.svg\" alt=\"survival curves\">\n"
            "<h2>Bug by bug</h2><p>Runs that found it, of all seeds; median time. Hover for the verdict. \"triggered\": triggered "
            "but not detected.</p><table><tr><th>bug\n"
        )
        file.write("".join(f"<th>{title}\n" for title in TOOLS.values()))
        for bug in sorted({row.bug for row in rows}):
            file.write(f"<tr><td>{html.escape(bug)}</td>\n")
            file.write("".join(cell(cells[bug, tool]) + "\n" for tool in TOOLS))
        file.write("</table>\n")


def main(score, suite):
    rows = read_rows(os.path.join(score, "results.tsv"), suite)
    if not rows:
        sys.exit("report: no result of this suite")
    rows = add_depths(rows)
    lines = summarise_all(rows)
    text = table(lines)
    print(text, end="")
    print("planted: while the tools were made; unseen: by others, before any tool was run on them (--unseen).")
    print('median and range of the time to the first finding, over all bugs and seeds; "not": not within its time.')
    print("executions: median of the runs that found the bug; triggered: bugs that were triggered but not detected.")
    with open(os.path.join(score, "table.txt"), "w", encoding="utf-8") as file:
        file.write(text)
    write_json(os.path.join(score, "score.json"), rows, lines)
    plot(os.path.join(score, "survival.svg"), rows)
    write_page(os.path.join(score, "index.html"), rows, text)
    print(f"{score}/score.json, {score}/index.html")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__.split("\n", maxsplit=1)[0])
    main(*sys.argv[1:])
