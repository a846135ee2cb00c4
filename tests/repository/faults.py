#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""faults.py RUNDOWN REPOSITORY

Holds the tables of docs/faults.md against `rundown faults`, the list of wrapped calls and the sources.
"""
import gzip
import pathlib
import re
import subprocess
import sys

RUNDOWN, ROOT = sys.argv[1], pathlib.Path(sys.argv[2])
MANUAL = pathlib.Path("/usr/share/man")
PAGE = (ROOT / "docs/faults.md").read_text()
failed = 0


def compare(what, page, program):
    """Two sets or lists that must be the same."""
    global failed
    if page == program:
        return
    failed = 1
    page_only = [x for x in page if x not in program]
    program_only = [x for x in program if x not in page]
    print(f"not ok - {what}: the page alone has {page_only or 'nothing'}, the program alone {program_only or 'nothing'}"
          + ("" if page_only or program_only else "; the order differs"))


def table(head):
    start = PAGE.index(f"\n{head}\n")
    rows = PAGE[start:].split("\n\n")[0].strip().splitlines()[2:]
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in rows]


def names(cell):
    return re.findall(r"`([^`]+)`", cell)


def source(name):
    return next(ROOT.glob(f"faults/**/{name}")).read_text()


listed = subprocess.run([RUNDOWN, "faults"], capture_output=True, text=True, check=True).stdout.splitlines()
program = {line.split(":")[0]: line.split(": ")[1].split() for line in listed}
calls = {}
for line in source("wrapped.txt").splitlines():
    if line and not line.startswith("#"):
        function, *classes = line.split()
        # With a socket the call is one of another name.
        for fault_class in classes[:1] + [c for c in classes[1:] if c.startswith("file.")]:
            calls.setdefault(fault_class, []).append(function)

# Classes of calls.
rows = table("| class | calls | kinds |")
page = {names(row[0])[0]: row for row in rows}
wire = [c for c in program if c.startswith("rpc.")]
others = {names(row[0])[0]: names(row[2]) for row in table("| class | beside | kinds |")}
compare("classes", list(page) + list(others), [c for c in program if c not in wire])
for fault_class, kinds in others.items():
    compare(f"kinds of {fault_class}", kinds, program.get(fault_class, []))
for fault_class, row in page.items():
    compare(f"kinds of {fault_class}", names(row[2]), program.get(fault_class, []))
    compare(f"calls of {fault_class}", names(row[1]), calls.get(fault_class, []))
compare("calls that are no fault points", names(re.search(r"their result: (.*?)\.\n", PAGE, re.S).group(1)), calls["-"])

# Classes of calls that only programs that are watched make: their calls are the library's, their kinds are on the calls' pages.
further = subprocess.run([RUNDOWN, "faults", "--all"], capture_output=True, text=True, check=True).stdout.splitlines()[len(listed):]
further = {line.split(":")[0]: line.split(": ")[1].split() for line in further}
rows = table("| further class | calls | kinds |")
page = {names(row[0])[0]: row for row in rows}
compare("further classes", list(page), list(further))
taken = "".join(path.read_text() for path in sorted((ROOT / "faults/preload").glob("*.c")))
for fault_class, row in page.items():
    compare(f"kinds of {fault_class}", names(row[2]), further.get(fault_class, []))
    crossed = "FAULT_" + fault_class.replace(".", "_").upper()
    if crossed not in taken:
        compare(f"fault points of {fault_class}", [crossed], [])
    for call in names(row[1]):
        if not re.search(rf"\b{call}[,()]", taken):
            compare(f"calls of {fault_class}", [call], [])
        manual = MANUAL / f"man2/{call}.2.gz"
        if manual.exists():
            text = gzip.open(manual, "rt", encoding="utf-8", errors="replace").read()
            linked = re.match(r"\.so man2/(\S+)", text)
            if linked:
                text = gzip.open(MANUAL / f"man2/{linked[1]}.gz", "rt", encoding="utf-8", errors="replace").read()
            unnamed = [kind for kind in names(row[2]) if kind.isupper() and not re.search(rf"\b{kind}\b", text)]
            compare(f"errnos that the page of {call} names", unnamed, [])

# Wire faults.
answers = ["rpc.bind_ack", "rpc.reply"]
made = {c: [] for c in wire}
numbers = table("| class | kind | number |")
for row in table("| kind | of | what arrives |"):
    for c in {"all": wire, "answers": answers}.get(row[1]) or names(row[1]):
        for kind in names(row[0]):
            if kind.endswith("..."):
                made[c] += [names(n[1])[0] for n in numbers if names(n[0])[0] == c and names(n[1])[0].startswith(kind[:-3])]
            else:
                made[c].append(kind)
for c in wire:
    compare(f"kinds of {c}", sorted(made[c]), sorted(program[c]))
kinds = source("fault_kinds.c")
kinds = {"rpc.bind_ack": re.search(r"rpc_bind_ack\[\] = (.*?)rpc_request", kinds, re.S).group(1),
         "rpc.reply": re.search(r"rpc_reply\[\] = (.*?);", kinds, re.S).group(1)}
for c, text in kinds.items():
    coded = [(f"nak-{n}", v) for n, v in re.findall(r'NAK\("([a-z-]+)", (\w+)\)', text)]
    coded += [(f"reject-{n}", f"{a}, {b}") for n, a, b in re.findall(r'REJECT\("([a-z-]+)", (\w+), (\w+)\)', text)]
    coded += [(f"fault-{n}", v) for n, v in re.findall(r'STATUS\("([a-z-]+)", (\w+)\)', text)]
    compare(f"numbers of {c}", [(names(n[1])[0], n[2]) for n in numbers if names(n[0]) == [c]], coded)

# Shapes.
shapes = re.search(r"shape_names\[\w+\] = \{(.*?)\}", source("fault.c")).group(1)
compare("shapes", [names(row[0])[0] for row in table("| shape | breaks |")], re.findall(r'"(\w+)"', shapes))
for name, text in (("FAULT_BURST_LENGTH = 3", "the two after it"), ("FAULT_TRANSIENT_LIMIT = 16", "end after 16")):
    compare(f"what the page says of {name}", ["said"] if text in PAGE else [], ["said"] if name in source("fault.h") else [])

if not failed:
    print(f"ok - {len(program)} classes, {sum(map(len, program.values()))} kinds, {len(numbers)} numbers, {len(calls['-'])} other calls")
sys.exit(failed)
