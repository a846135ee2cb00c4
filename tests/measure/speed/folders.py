#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""folders.py FEW MANY PROGRAMS

Prints the instructions of one program, in all and by folder of the source, most first: NAME, tab, number. FEW and MANY are what
callgrind wrote of two runs, of which the second ran PROGRAMS programs more. What libraries take is under their names.
"""
import os
import re
import sys
from collections import Counter

LEAST = 10  # instructions of a program: less is noise of the set-up
NAME = re.compile(r"c?(ob|fl|fi|fe)=\((\d+)\)(?: (.*))?$")
FOLDER = re.compile(r"/((?:target|faults|fuzz)/[^/]+)/[^/]+$")


def place(library, file):
    """Where code is counted that is in this file of the source, and in this file of the machine."""
    found = FOLDER.search("/" + os.path.normpath(file))
    return found[1] if found else re.sub(r"[.-].*", "", os.path.basename(library))


def read(path):
    """Instructions by place, without those of calls."""
    costs, names, now = Counter(), {}, {"ob": "", "fl": ""}
    called = False
    with open(path, encoding="utf-8") as lines:
        for line in map(str.rstrip, lines):
            name = NAME.match(line)
            if name:
                kind = "ob" if name[1] == "ob" else "fl"
                if name[3]:
                    names[kind, name[2]] = name[3]
                if not line.startswith("c"):
                    now[kind] = names[kind, name[2]]
            elif line.startswith("calls="):
                called = True
            elif line[:1].isdigit() or line[:1] in ("+", "-", "*"):
                if not called:
                    costs[place(now["ob"], now["fl"])] += int(line.split()[-1])
                called = False
    return costs


def main(few, many, programs):
    costs = read(many)
    costs.subtract(read(few))
    print("all", round(sum(costs.values()) / int(programs)), sep="\t")
    for name, cost in costs.most_common():
        if cost >= LEAST * int(programs):
            print(name, round(cost / int(programs)), sep="\t")


if __name__ == "__main__":
    main(*sys.argv[1:])
