# SPDX-License-Identifier: Apache-2.0
"""The figures over runs."""
from ..summary import MEASURES
from .chart import figure
from .markup import join, number, table, tag


def section(report):
    if not report["history"]:
        return tag("p", "This is the only run. ", tag("code", "./build.sh report --history OLD.json"), " compares it with the report.json of "
                   "an earlier one.", class_="missing")
    runs = report["history"] + [report["run"]]
    charts, columns = [], []
    for key, words, unit, _ in MEASURES:
        points = [(i + 1, run["figures"][key]) for i, run in enumerate(runs) if key in run["figures"]]
        if points:
            columns.append((key, words + (f" ({unit})" if unit else "")))
        if len(points) > 1:
            marks = [(i, str(i)) for i, _ in points] if len(points) <= 12 else None
            charts.append(figure(words[:1].upper() + words[1:], unit, points, x_words="run", x_marks=marks))
    rows = [(str(i), tag("code", run["date"]), run["commit"] or "-", run["verdict"], *(number(run["figures"].get(key)) for key, _ in columns))
            for i, run in enumerate(runs, 1)]
    before, now = set(runs[-2]["findings"]), set(runs[-1]["findings"])
    changes = [tag("p", words, join([tag("code", s) for s in sorted(of)], ", ")) for words, of in
               (("New since the run before: ", now - before), ("Gone since then: ", before - now)) if of]
    return join([*changes, tag("div", *charts, class_="charts"),
                 table(("run#", "date", "commit", "verdict", *(f"{words}#" for _, words in columns)), rows)])
