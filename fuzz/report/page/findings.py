# SPDX-License-Identifier: Apache-2.0
"""The saved findings, each with its program."""
from .markup import Html, anchor, details, join, label, pairs, plural, table, tag, text


def frames(stack):
    return tag("pre", "\n".join(f"{f['function']} ({f['file']}:{f['line']})" for f in stack))


def program(finding):
    """The text with the result of each call behind it, and the call of the finding marked."""
    results = {call["line"]: (number, call["result"]) for number, call in enumerate(finding["calls"], 1)}
    lines = []
    for number, line in enumerate(finding["program"].rstrip("\n").split("\n"), 1):
        call, result = results.get(number, (None, None))
        here = finding["call"] and finding["call"]["index"] == call
        said = "" if call is None else f"   \u2192 {result or 'not called any more'}"
        lines.append(join([tag("b", line) if here else line, tag("span", said, class_="quiet")]))
    return tag("pre", join(lines, "\n"))


def faults(finding):
    if not finding["faults"]:
        return Html("")
    rows = []
    for fault in finding["faults"]:
        where = fault["stack"][0] if fault["stack"] else None
        rows.append((fault["point"] or fault["class"], fault["kind"], fault["side"], fault["call"] or "-",
                     f"{where['file']}:{where['line']}" if where else ""))
    return join([tag("h3", "Injected"), table(("fault point", "kind", "side", "call#", "place"), rows)])


def held(finding):
    if not finding["held"]:
        return Html("")
    rows = []
    for held_one in finding["held"]:
        at = held_one["acquired"]
        rows.append((held_one["kind"], held_one["bytes"], held_one["side"], held_one["point"] or "", at["function"] or "",
                     f"{at['file']}:{at['line']}" if at["file"] else "", at["api"] or "", held_one["release"]))
    left = finding["held_in_all"] - len(finding["held"])
    return join([tag("h3", "Still held"),
                 table(("what", "bytes#", "side", "fault point", "acquired by", "at", "in the call", "to be released by"), rows),
                 tag("p", f"and {left} more") if left > 0 else ""])


def finding_details(name, finding, verdicts):
    verdict, found, where = verdicts.get(finding["verdict"]), finding["found"], finding["location"]
    cwe = verdict and verdict.cwe
    rows = (
        ("verdict", join([finding["verdict"], ": ", verdict.meaning] if verdict else [finding["verdict"]])),
        ("weakness", cwe and tag("a", f"CWE-{cwe}", href=f"https://cwe.mitre.org/data/definitions/{cwe}.html")),
        ("look first at", where and tag("code", f"{where['file']}:{where['line']} {where['function']}")),
        ("call", finding["call"] and f"{finding['call']['index']}, {finding['call']['function']}"),
        ("expected", finding["expected"] and " or ".join(finding["expected"])),
        ("got", finding["got"]),
        ("rules of the contract", ", ".join(finding["rules"])),
        ("found by", f"{found['by'] or 'hand'}, {found['date']}" + (f", {found['flavour']}" if found["flavour"] else "")
         + (f", commit {found['commit']}" if found["commit"] else "") + (f", seed {found['seed']}" if found["seed"] is not None else "")),
        ("first by", found["origin"]),
        ("again", finding["reproduce"] and tag("code", finding["reproduce"])),
        ("saved in", tag("code", f"findings/{name}")),
    )
    stack = [tag("h3", "Stack"), frames(finding["stack"])] if finding["stack"] else []
    summary = join([label("bad", finding["verdict"]), " ", tag("b", finding["signature"]), " ",
                    tag("span", plural(found["seen"], "time"), class_="quiet")])
    return details(summary, tag("p", finding["message"], id=anchor("finding", name)), pairs(rows), tag("h3", "Program"), program(finding),
                   faults(finding), held(finding), *stack)


def section(report):
    if not report["findings"] and not report["broken"]:
        return tag("p", "No saved finding.")
    broken = [tag("p", label("odd", "cannot be read"), " ", tag("code", f"findings/{name}"), f" {problem}")
              for name, problem in report["broken"]]
    return join([finding_details(name, finding, report["verdicts"]) for name, finding in report["findings"]] + [text(b) for b in broken])
