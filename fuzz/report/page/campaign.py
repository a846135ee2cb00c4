# SPDX-License-Identifier: Apache-2.0
"""The campaign: its jobs, and their curves."""
from .chart import figure
from .markup import Html, details, join, label, made, missing, number, table, tag

# Of a point of a curve: its place, and its words.
CURVES = ((2, "coverage", "edges"), (1, "executions", ""), (3, "corpus", "inputs"))


def name_of(job):
    return f"{job['driver']}, {job['engine']}" + (f", {job['role']}" if job["role"] else "")


def problem(job):
    if job["problem"]:
        return label("odd", job["problem"])
    return label("bad", f"{job['findings']} findings") if job["findings"] else ""


def row(job):
    stability = "-" if job["stability"] is None else f"{job['stability']:.2f} %"
    return (tag("span", name_of(job)), number(job["executions"]), number(round(job["per_second"])), number(job["coverage"]), number(job["corpus"]),
            stability, f"{number(job['seconds_done'])} / {number(job['seconds_asked'])}", problem(job))


def figures(jobs, place, words, unit):
    drawn = [figure(name_of(job), f"{words}{f' ({unit})' if unit else ''}", [(p[0], p[place] or 0) for p in job["curve"]],
                    x_words="seconds") for job in jobs if len(job["curve"]) > 1]
    return tag("div", *drawn, class_="charts") if drawn else tag("p", "No job has left a curve.", class_="missing")


def section(report):
    table_of = report["tables"]["campaign"]
    campaign = table_of.content
    if campaign is None:
        return missing("campaign", table_of)
    heads = ("job", "executions#", "per s#", "coverage#", "corpus#", "stability#", "seconds#", "")
    (place, words, unit), *others = CURVES
    return join([
        made(campaign), tag("p", f"Seed {campaign['seed']}, {campaign['seconds']} s on {campaign['cores']} cores: {campaign['verdict']}."),
        table(heads, [row(job) for job in campaign["jobs"]]), figures(campaign["jobs"], place, words, unit),
        *(details(f"{w[:1].upper() + w[1:]} over time", figures(campaign["jobs"], p, w, u)) for p, w, u in others), Html(""),
    ])
