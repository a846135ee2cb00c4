#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""errnos.py RUNDOWN REPOSITORY MANUAL

Holds faults/seam/errnos.txt against `rundown faults`, the list of wrapped calls and, where MANUAL (/usr/share/man) has them,
the manual pages. Exit code 77: it has not, and all else is right.
"""
import gzip
import pathlib
import re
import subprocess
import sys

RUNDOWN, ROOT, MANUAL = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
WHO = ("man", "posix", "linux")
VERDICTS = ("injected", "given", "arguments", "system")
# Names of kinds that are no errno.
OTHERS = re.compile(r"[a-z]")
NAME = re.compile(r"\b(?:EAI_[A-Z]+|E[A-Z0-9]{2,})\b")
WORDS = {"EXAMPLES", "ELF", "EOF"}  # in capitals, and no errno
failed = 0


def wrong(text):
    global failed
    failed = 1
    print(f"not ok - {text}")


def read_table(path):
    """[(pages, calls, {errno: (who, verdict, reason)})]"""
    sections = []
    for number, line in enumerate(path.read_text().splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        head = re.fullmatch(r"((?:\w+\.\d ?)+|-): ([\w ]+)", line)
        if head:
            sections.append((head[1].replace("-", "").split(), head[2].split(), {}))
            continue
        errno, who, verdict, *reason = line.split()
        rows = sections[-1][2]
        if errno in rows or who not in WHO or verdict not in VERDICTS or (verdict != "injected" and not reason):
            wrong(f"{path.name}, line {number}: a second row, an unknown word or no reason: {line}")
        rows[errno] = (who, verdict, " ".join(reason))
    return sections


def read_classes(path):
    """The classes of each call: one, none, or two (read and write)."""
    lines = [line.split() for line in path.read_text().splitlines() if line.strip() and not line.startswith("#")]
    return {call: [c for c in classes if c != "-"] for call, *classes in lines}


def errnos_of(page):
    """What a page says that its calls fail with; None: there is no such page."""
    name, section = page.rsplit(".", 1)
    path = MANUAL / f"man{section}" / f"{page}.gz"
    if not path.exists():
        return None
    text = gzip.open(path, "rt", encoding="utf-8", errors="replace").read()
    linked = re.match(r"\.so man\d/(\S+)", text)
    if linked:
        return errnos_of(linked[1])
    text = re.sub(r'^[.\']\\".*\n', "", text, flags=re.M)
    parts = dict(re.findall(r"^\.S[Hh] \"?([A-Z ]+?)\"?\n(.*?)(?=^\.S[Hh] |\Z)", text, re.S | re.M))
    # Pages without errors of their own name results in that section, if at all.
    return set(NAME.findall(parts.get("ERRORS") or parts.get("RETURN VALUE", ""))) - WORDS


# Two names of one number.
SAME = {"EWOULDBLOCK": "EAGAIN"}


def check_kinds(sections, classes, kinds):
    """`injected` is said of exactly what is a kind of a class of the call. Kinds under another name have a reason "as ..."."""
    for _, calls, rows in sections:
        said = {SAME.get(e, e) for e, (_, verdict, reason) in rows.items() if verdict == "injected" and not reason.startswith("as ")}
        for call in calls:
            # The second one of read and write is that with a socket: recv and send have it.
            own = [c for i, c in enumerate(classes.get(call, [])) if i == 0 or c.startswith("file.")]
            can = {SAME.get(k, k) for c in own for k in kinds[c] if not OTHERS.search(k)}
            for errno in sorted(said - can):
                wrong(f"{call} {errno}: said to be injected, and no kind of {' or '.join(own) or 'a class'}")
            for errno in sorted(can - said):
                wrong(f"{call} {errno}: a kind of {' or '.join(own)}, and not said to be injected")


def check_pages(sections):
    """How many pages were read."""
    read = 0
    for pages, calls, rows in sections:
        found = [errnos_of(page) for page in pages]
        if None in found:
            continue
        read += len(pages)
        named = set().union(*found)
        said = {e for e, (who, *_) in rows.items() if who == "man"}
        for errno in sorted(named - set(rows)):
            wrong(f"{' '.join(calls)}: {errno} is on {' '.join(pages)}, and has no row")
        for errno in sorted(said - named):
            wrong(f"{' '.join(calls)}: {errno} is said to be on {' '.join(pages)}, and is not")
    return read


def main():
    listed = subprocess.run([RUNDOWN, "faults"], capture_output=True, text=True, check=True).stdout.splitlines()
    kinds = {line.split(":")[0]: line.split(": ")[1].split() for line in listed}
    sections = read_table(ROOT / "faults/seam/errnos.txt")
    classes = read_classes(ROOT / "faults/seam/wrapped.txt")
    calls = [call for _, of_section, _ in sections for call in of_section]
    if sorted(calls) != sorted(classes):
        wrong(f"calls with no section or several: {sorted(set(classes) ^ set(calls)) or [c for c in calls if calls.count(c) > 1]}")
    check_kinds(sections, classes, kinds)
    pages = {page for of_section, _, _ in sections for page in of_section}
    read = check_pages(sections)
    if failed:
        return 1
    counts = {v: sum(len(of_section) for _, of_section, rows in sections for row in rows.values() if row[1] == v) for v in VERDICTS}
    print(f"ok - {len(calls)} calls, {sum(counts.values())} rows: " + ", ".join(f"{n} {v}" for v, n in counts.items()))
    missing = sorted(page for page in pages if errnos_of(page) is None)
    if missing:
        print(f"skipped: not held against the manual pages: {' '.join(missing)} are not in {MANUAL}")
        return 77
    print(f"ok - every errno of {len(pages)} manual pages has a row ({read} readings)")
    return 0


sys.exit(main())
