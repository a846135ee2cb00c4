# SPDX-License-Identifier: Apache-2.0
"""One JUnit file of everything that was tested: the tests of each flavour (build/FLAVOUR/ctest.xml), each function of a unit test,
each program and input that was replayed, each planted bug. What the output of a test does not say (its process has died in the
middle) is a failure of the function or input that it was at."""
import re
import xml.etree.ElementTree as xml
from collections import namedtuple

# `outcome`: passed, failed or skipped; `text`: why it failed or was skipped; `seconds`: None if nobody has measured it.
Case = namedtuple("Case", "suite group name outcome seconds text")

TAIL = 4000
NO_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def tail(text):
    text = text.strip("\n")
    return text if len(text) <= TAIL else "...\n" + text[-TAIL:]


def reason_of(case, text):
    """CTest's own reason, or what the test printed before it ended with 77."""
    said = re.findall(r"^skipped: (.+)$", text, re.MULTILINE)
    skipped = case.find("skipped")
    message = skipped.get("message", "") if skipped is not None else ""
    return said[-1] if said else "no reason given" if message.startswith("SKIP_") or not message else message


def outcome_of(case, text):
    """(outcome, why). CTest says "notrun" of a test whose program is missing, too: that is a failure."""
    failure, skipped = case.find("failure"), case.find("skipped")
    message = skipped.get("message", "") if skipped is not None else ""
    if failure is None and (message.startswith("SKIP_") or case.get("status") == "disabled"):
        return "skipped", reason_of(case, text)
    if failure is None and case.get("status") == "run":
        return "passed", ""
    said = failure.get("message", "") if failure is not None else ""
    return "failed", f"{said or case.get('status')}\n{tail(text)}".strip()


# What single tests print ------------------------------------------------------------------------------------------

def cmocka_cases(text):
    """(name, outcome, text) of each function; one without an end is where the process died."""
    cases, name, begin = [], None, 0
    for mark in re.finditer(r"\[ *(RUN|OK|FAILED|SKIPPED) *\] (.+)$", text, re.MULTILINE):
        word, of = mark.group(1), mark.group(2).strip()
        if word == "RUN":
            if name is not None:
                cases.append((name, "failed", "has no end:\n" + tail(text[begin:mark.start()])))
            name, begin = of, mark.end()
        elif of == name:
            outcome = {"OK": "passed", "FAILED": "failed", "SKIPPED": "skipped"}[word]
            cases.append((name, outcome, tail(text[begin:mark.start()]) if outcome != "passed" else ""))
            name = None
    if name is not None:
        cases.append((name, "failed", "its process died in it:\n" + tail(text[begin:])))
    return cases


def replay_cases(text):
    """Lines "PATH ... ok"; what follows after "..." otherwise is a failure up to the next such line."""
    cases = []
    marks = list(re.finditer(r"^(\S.*/([^/\n]+)/([^/\n]+)) \.\.\. ?(.*)$", text, re.MULTILINE))
    for mark, after in zip(marks, marks[1:] + [None]):
        end = after.start() if after else len(text)
        good = mark.group(4) == "ok"
        cases.append((mark.group(3), "passed" if good else "failed", "" if good else tail(text[mark.start(4):end]) or "no result"))
    return cases


def bug_cases(text):
    """Lines "ok NAME TOOL N ms ..." and "FAILED NAME: why" of the gate."""
    cases = [(name, "passed", "") for name in re.findall(r"^ok (\d+-\S+) +\w+ +\d+ ms ", text, re.MULTILINE)]
    return cases + [(name, "failed", why) for name, why in re.findall(r"^FAILED (\d+-\S+): (.*)$", text, re.MULTILINE)]


def inner_cases(name, text):
    """What the test says of its parts, or nothing."""
    if name == "suite/bugs":
        return bug_cases(text)
    if name.startswith("corpus/"):
        return replay_cases(text)
    return cmocka_cases(text) if text.startswith("[====") else []


def cases_of_test(flavour, case):
    name, text = case.get("name"), case.findtext("system-out") or ""
    seconds = float(case.get("time") or 0)
    outcome, why = outcome_of(case, text)
    group, _, short = name.partition("/")
    inner = inner_cases(name, text) if outcome != "skipped" else []
    if not inner:
        return [Case(f"{flavour} {group}", f"{flavour}.{group}", short or name, outcome, seconds, why)]
    cases = [Case(f"{flavour} {name}", f"{flavour}.{group}.{short}", n, o, None, t) for n, o, t in inner]
    # It failed, and not by one of these: its set-up, its clean-up, a death after the last.
    if outcome == "failed" and all(c.outcome != "failed" for c in cases):
        cases.append(Case(f"{flavour} {name}", f"{flavour}.{group}.{short}", "(the whole)", "failed", None, why))
    cases[0] = cases[0]._replace(seconds=seconds)
    return cases


# Files ------------------------------------------------------------------------------------------------------------

def read_ctest(path):
    """Cases of one flavour; a file that cannot be read, or has no test, is a failure."""
    flavour = path.parent.name
    try:
        tests = list(xml.parse(path).getroot().iter("testcase"))
    except (OSError, xml.ParseError) as error:
        return [Case(flavour, flavour, path.name, "failed", None, f"cannot be read: {error}")]
    if not tests:
        return [Case(flavour, flavour, path.name, "failed", None, "has no test")]
    return [case for test in tests for case in cases_of_test(flavour, test)]


def read_flavours(path):
    """The corpus in the other flavours, a case for each: "corpus in FLAVOUR: N passed, N failed, N skipped: ..."."""
    if not path.is_file():
        return []
    cases = []
    rows = re.findall(r"^corpus in (\S+): (\d+) passed, (\d+) failed, (\d+) skipped(.*)$",
                      path.read_text(encoding="utf-8", errors="replace"), re.MULTILINE)
    for flavour, good, bad, left, rest in rows:
        outcome = "failed" if int(bad) or not int(good) + int(left) else "passed" if int(good) else "skipped"
        cases.append(Case("corpus in other flavours", "corpus", flavour, outcome, None, f"{good} passed, {bad} failed, {left} skipped{rest}"))
    return cases


def read_all(build):
    cases = []
    for path in sorted(build.glob("*/ctest.xml")):
        cases += read_ctest(path)
    return cases + read_flavours(build / "flavours.log")


def count(cases):
    return {outcome: sum(case.outcome == outcome for case in cases) for outcome in ("passed", "failed", "skipped")}


def element(case):
    attributes = {"classname": case.group, "name": case.name}
    if case.seconds is not None:
        attributes["time"] = f"{case.seconds:.3f}"
    node = xml.Element("testcase", attributes)
    text = NO_XML.sub("\ufffd", case.text)
    first = text.split("\n", 1)[0][:200]
    if case.outcome == "failed":
        xml.SubElement(node, "failure", {"message": first, "type": "failed"}).text = text
    elif case.outcome == "skipped":
        xml.SubElement(node, "skipped", {"message": first})
    return node


def document(cases):
    suites = {}
    for case in cases:
        suites.setdefault(case.suite, []).append(case)
    total = count(cases)
    root = xml.Element("testsuites", {"name": "rundown", "tests": str(len(cases)), "failures": str(total["failed"]),
                                      "skipped": str(total["skipped"]), "errors": "0"})
    for name, of in suites.items():
        counts = count(of)
        node = xml.SubElement(root, "testsuite", {
            "name": name, "tests": str(len(of)), "failures": str(counts["failed"]), "errors": "0",
            "skipped": str(counts["skipped"]), "time": f"{sum(c.seconds or 0 for c in of):.3f}"})
        node.extend(element(case) for case in of)
    xml.indent(root)
    return xml.tostring(root, encoding="utf-8", xml_declaration=True).decode() + "\n"
