#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""verdicts.py RUNDOWN REPOSITORY

Each verdict that `rundown verdicts` lists has its section in docs/verdicts.md, which says what it does not mean and what
typically causes it, and is given somewhere in the sources; no section and no head of a planted bug names another.
"""
import pathlib
import re
import subprocess
import sys

RUNDOWN, ROOT = sys.argv[1], pathlib.Path(sys.argv[2])
failed = 0


def complain(text):
    global failed
    failed = 1
    print(f"not ok - {text}")


printed = subprocess.run([RUNDOWN, "verdicts"], capture_output=True, text=True, check=True).stdout.splitlines()
listed = [line for line in printed if not line.startswith(" ")]
if len(listed) < 30 or len(printed) != 2 * len(listed):
    complain(f"rundown verdicts prints {len(listed)} names in {len(printed)} lines")

# Headings of the third level are verdicts; several in a row share a text.
page = (ROOT / "docs/verdicts.md").read_text()
sections, names = [], []
for part in re.split(r"^### ", page, flags=re.M)[1:]:
    name, _, text = part.partition("\n")
    names.append(name)
    text = re.split(r"^## ", text, flags=re.M)[0]
    if text.strip():
        sections.append((names, text))
        names = []
documented = [name for group, _ in sections for name in group]
for name in sorted(set(listed) - set(documented)):
    complain(f"docs/verdicts.md has no section on '{name}'")
for name in sorted(set(documented) - set(listed)):
    complain(f"docs/verdicts.md has a section on '{name}', which is no verdict")
for name in sorted({n for n in documented if documented.count(n) > 1}):
    complain(f"docs/verdicts.md has two sections on '{name}'")
for group, text in sections:
    for word in ("*Not:*", "*Typical cause:*"):
        if text.count(word) != 1:
            complain(f"docs/verdicts.md: the section on '{group[-1]}' has {text.count(word)} times {word}")

# Each is given somewhere: no list of names that nobody uses.
rows = dict(re.findall(r'^VERDICT\((\w+),\s*"([^"]*)"', (ROOT / "fuzz/run/verdict.def").read_text(), re.M))
if sorted(rows.values()) != sorted(listed):
    complain("fuzz/run/verdict.def has other rows than rundown prints")
code = "".join(p.read_text() for folder in ("fuzz", "faults") for p in sorted((ROOT / folder).rglob("*.[ch]")))
for enumerator, name in rows.items():
    if not re.search(rf"\bVERDICT_{enumerator}\b", code) and f'"{name}"' not in code and f"FINDING {name}" not in code:
        complain(f"nothing gives the verdict '{name}'")

bugs = sorted((ROOT / "tests/measure/bugs").glob("[0-9]*.patch"))
for bug in bugs:
    for name in re.search(r"^Verdict: (.*)$", bug.read_text(), re.M).group(1).split(", "):
        if name not in listed:
            complain(f"{bug.name} names the verdict '{name}', which does not exist")

if not failed:
    print(f"ok - {len(listed)} verdicts, {len(sections)} sections, {len(bugs)} planted bugs")
sys.exit(failed)
