# SPDX-License-Identifier: Apache-2.0
"""The page for people: one file, without script, for light and dark, wide and narrow."""
from pathlib import Path

from ..summary import MEASURES
from . import campaign, findings, history, points, quality, states, tests
from .markup import Html, join, number, tag

# anchor, title, what makes it
SECTIONS = (
    ("findings", "Findings", findings.section),
    ("points", "Fault points", points.section),
    ("campaign", "Campaign", campaign.section),
    ("states", "States of the model", states.section),
    ("coverage", "Coverage", quality.coverage),
    ("score", "Planted bugs", quality.score),
    ("tests", "Tests", tests.section),
    ("speed", "Speed", quality.speed),
    ("history", "History", history.section),
)
GROUNDS = {"findings": "bad", "failed": "bad", "unfinished": "odd", "unknown": "none", "clean": "good"}


def verdict(report):
    of, run = report["verdict"], report["run"]
    tables = report["tables"].values()
    made_of = [t.title for t in tables if t.content is not None] + (["tests"] if report["cases"] else [])
    lacks = [t.title for t in tables if t.content is None] + ([] if report["cases"] else ["tests"])
    reasons = tag("ul", *(tag("li", reason) for reason in of.because)) if of.because else ""
    return join([
        tag("div", tag("strong", of.words[:1].upper() + of.words[1:]), reasons, class_=f"verdict {GROUNDS[of.kind]}"),
        tag("p", f"{run['date']}, commit {run['commit'] or 'unknown'}. "
                 f"Made of: {', '.join(made_of) or 'nothing'}." + (f" Not there: {', '.join(lacks)}." if lacks else ""), class_="quiet"),
        tag("ul", *(tag("li", tag("b", number(run["figures"][key]) + (f" {unit}" if unit else "")), tag("span", words))
                    for key, words, unit, _ in MEASURES if key in run["figures"]), class_="figures"),
    ])


def page(report):
    style = (Path(__file__).parent / "style.css").read_text(encoding="utf-8")
    head = join([
        Html('<meta charset="utf-8">'), Html('<meta name="viewport" content="width=device-width, initial-scale=1">'),
        Html('<link rel="icon" href="data:,">'), tag("title", f"Rundown: {report['run']['verdict']}"), tag("style", Html(style)),
    ])
    body = join([
        tag("h1", "Rundown report"), verdict(report),
        tag("nav", *(tag("a", title, href=f"#{name}") for name, title, _ in SECTIONS)),
        *(tag("section", tag("h2", title, id=name), make(report)) for name, title, make in SECTIONS),
    ])
    return f'<!doctype html>\n<html lang="en">\n<head>{head}</head>\n<body>{body}</body>\n</html>\n'
