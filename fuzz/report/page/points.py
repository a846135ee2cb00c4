# SPDX-License-Identifier: Apache-2.0
"""The map of fault points: class by function, what the sweep saw of each, and the numbers behind it."""
from .markup import Html, anchor, details, join, label, made, missing, number, table, tag

# state: ground, sign, words
STATES = {
    "wrong": ("bad", "!", "not as it should be"),
    "benign": ("odd", "~", "fired and handled, some without effect"),
    "handled": ("good", "\u2713", "fired and handled"),
    "never": ("none", "\u2013", "never reached"),
}


def state_of(point):
    if point["wrong"] is not None or point["fired"] != point["handled"]:
        return "wrong"
    if point["reached"] == 0:
        return "never"
    return "benign" if point["benign"] else "handled"


def chip(prefix, point):
    ground, sign, _ = STATES[state_of(point)]
    return label(ground, f"{sign} {point['point'].split('@', 1)[-1]}", href="#" + anchor(prefix, point["point"]))


def remark(point):
    if point["wrong"]:
        return label("bad", point["wrong"])
    if point["reached"] == 0:
        return point["unreached_because"] or "no reason is given"
    return f"{point['benign_kind']}: {point['benign_because']}" if point["benign_kind"] else ""


def by_class(points):
    groups = {}
    for point in points:
        groups.setdefault(point["class"], []).append(point)
    return sorted(groups.items())


def counts(of):
    states = [state_of(point) for point in of]
    return join([label(STATES[s][0], f"{states.count(s)} {STATES[s][2]}") for s in STATES if s in states], " ")


def class_details(prefix, name, of):
    rows = [(tag("code", p["point"], id=anchor(prefix, p["point"])), number(p["reached"]), number(p["fired"]), number(p["handled"]),
             number(p["benign"]), remark(p)) for p in of]
    return details(join([tag("b", name), " ", counts(of)]),
                   tag("p", "Kinds: ", join([tag("code", kind) for kind in of[0]["kinds"]], ", ")),
                   table(("fault point", "reached#", "fired#", "handled#", "benign#", ""), rows))


def fault_map(points, prefix):
    groups = by_class(points)
    legend = tag("p", join([label(ground, f"{sign} {words}") for ground, sign, words in STATES.values()], " "))
    rows = [(tag("code", name), join([chip(prefix, point) for point in of], " ")) for name, of in groups]
    return join([legend, table(("class", "function"), rows), tag("h3", "Class by class"),
                 *(class_details(prefix, name, of) for name, of in groups)])


def section(report):
    table_of = report["tables"]["sweep"]
    sweep = table_of.content
    if sweep is None:
        return missing("sweep", table_of)
    totals = sweep["totals"]
    part = sweep["part"]
    said = (f"{number(totals['programs'])} programs passed {number(totals['points'])} fault points; {number(totals['runs'])} runs with "
            f"{number(totals['fired'])} faults.")
    partial = tag("p", label("odd", f"only part {part['slice']} of {part['of']}")) if part["of"] > 1 else Html("")
    return join([made(sweep), tag("p", said), partial, fault_map(sweep["points"], "point")])
