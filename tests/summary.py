#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""summary.py FILE...

What came of the tests of all flavours. FILE is what `ctest --output-junit FILE --test-output-size-passed 1000000` wrote,
one a flavour, the flavour being the name of its folder. Prints the tests that failed, then those that were skipped,
grouped by reason: the line "skipped: REASON" that a script prints before it ends with exit code 77. The last line is

    N passed, N failed, N skipped

Exit code 1 if one failed, if a FILE holds no test, or if all were skipped; 2 if a FILE cannot be read.
"""
import os
import re
import sys
import xml.etree.ElementTree as xml

NO_REASON = "no reason given"


def reason_of(case):
    """CTest's own reason (a disabled test, a program that is missing) or the one that the test printed."""
    said = re.findall(r"^skipped: (.+)$", case.findtext("system-out") or "", re.MULTILINE)
    if said:
        return said[-1]
    skipped = case.find("skipped")
    message = skipped.get("message", "") if skipped is not None else case.get("status", "")
    return NO_REASON if message.startswith("SKIP_") or not message else message


def outcomes(path):
    """(name, "passed" | "failed" | "skipped", reason) of each test."""
    for case in xml.parse(path).getroot().iter("testcase"):
        status = case.get("status")
        if status == "run" and case.find("failure") is None:
            yield case.get("name"), "passed", None
        elif status in ("notrun", "disabled") and case.find("failure") is None and is_skip(case):
            yield case.get("name"), "skipped", reason_of(case)
        else:
            yield case.get("name"), "failed", None


def is_skip(case):
    """CTest says "notrun" of a test whose program is missing, too: that is a failure, whatever it looks like."""
    skipped = case.find("skipped")
    message = skipped.get("message", "") if skipped is not None else ""
    return message.startswith("SKIP_") or case.get("status") == "disabled"


def main(paths):
    counts = {"passed": 0, "failed": 0, "skipped": 0}
    failed, skipped, empty = [], {}, []
    for path in paths:
        flavour = os.path.basename(os.path.dirname(os.path.abspath(path)))
        before = sum(counts.values())
        for name, outcome, reason in outcomes(path):
            counts[outcome] += 1
            if outcome == "failed":
                failed.append(f"{flavour} {name}")
            elif outcome == "skipped":
                skipped.setdefault(reason, {}).setdefault(flavour, []).append(name)
        if sum(counts.values()) == before:
            empty.append(path)
    for path in empty:
        print(f"No test: {path}")
    for name in failed:
        print(f"Failed: {name}")
    for reason, flavours in sorted(skipped.items()):
        for flavour, names in sorted(flavours.items()):
            print(f"Skipped in {flavour}: {reason}")
            print(f"    {len(names)}: {' '.join(sorted(names))}")
    print("{passed} passed, {failed} failed, {skipped} skipped".format(**counts))
    return 1 if failed or empty or counts["passed"] == 0 else 0


if __name__ == "__main__":
    if len(sys.argv) < 2:
        print(__doc__, file=sys.stderr)
        sys.exit(2)
    try:
        sys.exit(main(sys.argv[1:]))
    except (OSError, xml.ParseError) as error:
        print(f"summary.py: {error}", file=sys.stderr)
        sys.exit(2)
