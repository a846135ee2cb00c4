# SPDX-License-Identifier: Apache-2.0
"""The states of the model that enumerate has walked, as a graph: a column for each least number of calls."""
import math
import textwrap

from .markup import Html, details, join, made, missing, number, plural, table, tag, text

WIDE, HIGH, ACROSS, DOWN, MOST_ROWS = 190, 46, 270, 58, 40


def without_fault(graph):
    """The indices of the states that are reached without any fault."""
    reached, grown = {0}, True
    while grown:
        more = {t["to"] for t in graph["transitions"] if t["from"] in reached and t["visits"] > t["with_a_fault"]} - reached
        reached |= more
        grown = bool(more)
    return reached


def arrange(graph, shown):
    """Where each state is drawn: the columns by depth, the most visited on top."""
    columns = {}
    for index in sorted(shown, key=lambda i: -graph["states"][i]["visits"]):
        columns.setdefault(graph["states"][index]["depth"], []).append(index)
    return {index: (10 + column * ACROSS, 10 + row * DOWN) for column, depth in enumerate(sorted(columns))
            for row, index in enumerate(columns[depth])}


def edges(graph, places):
    """(from, to): visits without a fault, functions."""
    joined = {}
    for step in graph["transitions"]:
        visits = step["visits"] - step["with_a_fault"]
        if step["from"] in places and step["to"] in places and step["from"] != step["to"] and visits:
            seen = joined.setdefault((step["from"], step["to"]), [0, []])
            seen[0] += visits
            seen[1].append(step["function"])
    return joined


def edge(places, ends, visits, functions):
    (x, y), (to_x, to_y) = (places[end] for end in ends)
    forward = to_x > x
    x, to_x = (x + WIDE, to_x) if forward else (x, to_x + WIDE) if to_x < x else (x + WIDE, to_x + WIDE)
    y, to_y = y + HIGH / 2, to_y + HIGH / 2
    bend = 40 if to_x == x else (to_x - x) / 2
    end_bend = to_x + 40 if to_x == x else to_x - bend
    width = 0.7 + math.log10(visits + 1)
    words = text(f"{visits} visits: {', '.join(sorted(set(functions)))}")
    return (f'<path class="edge" stroke-width="{width:.1f}" d="M{x} {y}C{x + bend:.0f} {y} {end_bend:.0f} {to_y} {to_x} {to_y}">'
            f"<title>{words}</title></path>")


def node(place, state):
    x, y = place
    lines = textwrap.wrap(state["name"], 30)
    lines = lines[:2] if len(lines) <= 2 else [lines[0], lines[1][:27] + "\u2026"]
    words = "".join(f'<text class="words" x="{x + 7}" y="{y + 14 + 12 * i}">{text(line)}</text>' for i, line in enumerate(lines))
    return (f'<g><rect class="node" x="{x}" y="{y}" width="{WIDE}" height="{HIGH}" rx="4"/>{words}'
            f'<text x="{x + WIDE - 7}" y="{y + HIGH - 5}" text-anchor="end">{text(plural(state["visits"], "visit"))}</text>'
            f"<title>{text(state['name'])}</title></g>")


def drawing(graph, shown):
    places = arrange(graph, shown)
    width = max(x for x, _ in places.values()) + WIDE + 60
    height = max(y for _, y in places.values()) + HIGH + 10
    parts = [edge(places, ends, *seen) for ends, seen in edges(graph, places).items()]
    parts += [node(place, graph["states"][index]) for index, place in places.items()]
    said = f"{len(shown)} states and the {len(edges(graph, places))} ways between them"
    return tag("div", Html(f'<svg class="graph" width="{width}" height="{height}" role="img" aria-label="{said}">{"".join(parts)}</svg>'),
               class_="box", tabindex=0)


def alphabet(entry):
    graph = entry["graph"]
    levels = table(("calls#", "states#", "after a fault#", "programs#", "faults#", "runs#"),
                   [[number(level[k]) for k in ("calls", "states", "states_after_a_fault", "programs", "faults", "runs")]
                    for level in entry["levels"]])
    if not graph or not graph["states"]:
        return join([tag("h3", entry["path"]), levels])
    shown = without_fault(graph)
    others = sorted(set(range(len(graph["states"]))) - shown, key=lambda i: -graph["states"][i]["visits"])
    rows = [(graph["states"][i]["name"], graph["states"][i]["depth"], number(graph["states"][i]["visits"])) for i in others[:MOST_ROWS]]
    said = f"{plural(len(others), 'further state')}, reached after a fault alone"
    if len(others) > MOST_ROWS:
        said += f"; the {MOST_ROWS} with the most visits"
    return join([
        tag("h3", entry["path"]), levels,
        details(f"{plural(len(shown), 'state')} that programs without faults reach", drawing(graph, shown)),
        details(said, table(("state", "calls#", "visits#"), rows)) if rows else "",
    ])


def section(report):
    table_of = report["tables"]["enumerate"]
    content = table_of.content
    if content is None:
        return missing("enumeration", table_of)
    faults = "alone and with every single fault" if content["with_faults"] else "without faults"
    return join([
        made(content),
        tag("p", f"Every program of up to {plural(content['calls'], 'call')} over each alphabet, {faults}: {number(content['totals']['runs'])} runs. "
                 "A column of a graph is a least number of calls; the wider a line, the more often it was walked."),
        *(alphabet(entry) for entry in content["alphabets"]),
    ])
