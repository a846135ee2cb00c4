#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""races.py FILE...          of what ThreadSanitizer said there: a line "SIGNATURE: ..." for each race, once

A race is named by its two places, a deadlock by the places that take the locks: of each stack the two innermost functions that
have a source file. There is no order, address, line or count in it (docs/findings.md). Exit code 0: nothing; 1: there are
reports; 2: a file cannot be read."""
import collections
import re
import sys

STACK = re.compile(r"  (Read|Write|Previous|Atomic|As if|Mutex \w+ acquired here while holding).*:$", re.I)
FRAME = re.compile(r"    #\d+ (\S+) (\S+)")


def places(report):
    """The stacks that met, not those that say where a thread or a mutex was made."""
    found, frames = [], None
    for line in report.splitlines():
        frame = FRAME.match(line)
        if frame and frames is not None:
            if frame[2] != "<null>" and not frame[2].startswith("("):
                frames.append(frame[1])
        elif not frame:
            frames = None
            if STACK.match(line):
                frames = []
                found.append(frames)
    return sorted({" < ".join(frames[:2]) or "?" for frames in found})


def signatures(text):
    """One for each report, in order."""
    for report in re.split(r"(?=^WARNING: ThreadSanitizer: )", text, flags=re.M)[1:]:
        kind = re.match(r"WARNING: ThreadSanitizer: ([^(\n]*\w)", report)[1]
        met = places(report)
        yield f"{kind}:{' and '.join(met or ['?'])}"


def main():
    if len(sys.argv) < 2 or sys.argv[1].startswith("-"):
        print(__doc__, file=sys.stderr)
        return 2
    seen = collections.Counter()
    for path in sys.argv[1:]:
        try:
            with open(path, errors="replace") as file:
                seen.update(signatures(file.read()))
        except OSError as error:
            print(f"races.py: {path}: {error.strerror}", file=sys.stderr)
            return 2
    for signature, count in seen.items():
        print(f"SIGNATURE: {signature}")
        if count > 1:
            print(f"  seen {count} times")
    return 1 if seen else 0


if __name__ == "__main__":
    sys.exit(main())
