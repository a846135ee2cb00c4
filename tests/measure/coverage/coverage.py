#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""
How much of target/ runs: tables, floors, and the reasons for what never runs.

    coverage.py [--floors | --list] OUT SET... -- PROGRAM...

OUT holds SET.profdata of each SET; PROGRAM are the instrumented programs, all of one build. Writes OUT/coverage.json and
prints the table. Then it judges, if there is a set "faults", what runs on the simulated world (WORLD below):

    floors.txt      FILE LINES BRANCHES: percents of "faults" that a file must reach; every file has a row
    unreached.txt   each line and branch that "faults" leaves out, with the reason why it cannot happen

Exit code 0: as it should be. 1: a file is below its floor, a row is missing or without an object. With --floors, lines and
branches that unreached.txt does not name are no error. --list prints those, in its format, and nothing else.
"""
import datetime
import json
import os
import re
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.abspath(os.path.join(HERE, "../../.."))
# What is linked to the world and has a caller there. The rest of target/ is for real processes.
WORLD = re.compile(r"target/((client|rpc|idl|server)/[^/]+|digest/sha256\.c)$")
LLVM_COV = "llvm-cov-14"


def export(out, name, programs, *options):
    """What llvm-cov says of one set."""
    command = [LLVM_COV, "export", *options, f"-instr-profile={out}/{name}.profdata", programs[0]]
    for program in programs[1:]:
        command += ["-object", program]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, stderr=subprocess.DEVNULL).stdout


def relative(path):
    """The path below the source tree, or None."""
    path = os.path.relpath(path, ROOT)
    return path if path.startswith("target/") else None


class File:
    """Counts of one file: lines by number; branches by place, side and text."""

    def __init__(self, path):
        self.path = path
        with open(os.path.join(ROOT, path), encoding="utf-8") as source:
            self.source = source.read().split("\n")
        self.lines = {}
        self.branches = {}
        self.functions = {}

    def text(self, place):
        """The source of a condition, blanks squeezed."""
        line, column, last, end = place
        lines = self.source[line - 1:last]
        lines[-1] = lines[-1][:end - 1]
        lines[0] = lines[0][column - 1:]
        return " ".join(" ".join(lines).split())

    def function_of(self, line):
        """The name of the innermost function around a line."""
        around = [(first, name) for name, (first, last) in self.functions.items() if first <= line <= last]
        return max(around)[1] if around else "-"

    def items(self, want):
        """(function, side, text, number) of each line and branch for whose count want() is true, in order; number: which
        of equal ones in the function."""
        found = [(line, 0, "line", " ".join(self.source[line - 1].split()), count) for line, count in self.lines.items()]
        for place, sides in self.branches.items():
            for column, side in enumerate(("true", "false")):
                found.append((place[0], place[1], side, self.text(place), sides[column]))
        seen = {}
        for line, _, side, text, count in sorted(found):
            key = (self.function_of(line), side, text)
            seen[key] = seen.get(key, 0) + 1
            if want(count):
                yield (*key, seen[key]), line


def read_set(out, name, programs):
    """The files of target/ with their counts in one set."""
    files = {}
    current = None
    for line in export(out, name, programs, "-format=lcov").splitlines():
        kind, _, rest = line.partition(":")
        if kind == "SF":
            path = relative(rest)
            current = files.setdefault(path, File(path)) if path else None
        elif kind == "DA" and current:
            number, count = map(int, rest.split(",")[:2])
            current.lines[number] = max(count, current.lines.get(number, 0))
    data = json.loads(export(out, name, programs))["data"][0]
    for function in data["functions"]:
        path = relative(function["filenames"][0])
        if path in files:
            region = function["regions"][0]
            files[path].functions[function["name"].rsplit(":", 1)[-1]] = (region[0], region[2])
    for entry in data["files"]:
        path = relative(entry["filename"])
        for branch in entry["branches"] if path in files else ():
            sides = files[path].branches.setdefault(tuple(branch[:4]), [0, 0])
            sides[0] += branch[4]
            sides[1] += branch[5]
    # Without a function, it is a header whose macros other files run.
    return {path: file for path, file in files.items() if file.functions}


def covered(file):
    """(lines, branches) that ran."""
    if file is None:
        return 0, 0
    return (sum(count > 0 for count in file.lines.values()),
            sum(count > 0 for sides in file.branches.values() for count in sides))


def percent(part, whole):
    """Rounded down: 99.95 is not 100."""
    return 1000 * part // whole / 10 if whole else 100.0


def table_of(sets):
    """The rows of coverage.json."""
    paths = sorted({path for files in sets.values() for path in files})
    rows = []
    for path in paths:
        # A set leaves out functions of which it has no counts and whose names several programs have, such as main().
        every = [files[path] for files in sets.values() if path in files]
        lines = len(set().union(*(file.lines for file in every)))
        branches = 2 * len(set().union(*(file.branches for file in every)))
        counts = {name: covered(files.get(path)) for name, files in sets.items()}
        rows.append({"file": path, "lines": lines, "branches": branches,
                     "world": bool(WORLD.match(path)),
                     "covered": {name: dict(zip(("lines", "branches"), both)) for name, both in counts.items()}})
    return rows


def sum_of(rows, name):
    """One row that adds up others."""
    total = {"file": name, "lines": 0, "branches": 0, "covered": {}}
    for row in rows:
        for what in ("lines", "branches"):
            total[what] += row[what]
            for kind, counts in row["covered"].items():
                both = total["covered"].setdefault(kind, {"lines": 0, "branches": 0})
                both[what] += counts[what]
    return total


def print_table(rows, names):
    """For a person."""
    width = max(len(row["file"]) for row in rows)
    print(f"{'':{width}}  " + "".join(f"{name:>16}" for name in names))
    print(f"{'percent of':{width}}  " + "   lines branches" * len(names))
    world = [row for row in rows if row["world"]]
    sums = [sum_of(world, "all that runs on the world"), sum_of(rows, "all of target/")]
    for row in rows + sums:
        cells = ""
        for name in names:
            counts = row["covered"][name]
            for what in ("lines", "branches"):
                cells += f"{percent(counts[what], row[what]):8.1f}" if row[what] else f"{'-':>8}"
        print(f"{row['file']:{width}}  {cells}")


ALL = "all"


def read_floors():
    """FILE: (lines, branches)."""
    floors = {}
    with open(os.path.join(HERE, "floors.txt"), encoding="utf-8") as file:
        for line in file:
            words = line.split("#")[0].split()
            if words:
                floors[words[0]] = (float(words[1]), float(words[2]))
    return floors


def judge_floors(rows):
    """What is wrong with the set "faults" by floors.txt, whose row ALL is for all files together."""
    floors = read_floors()
    world = {row["file"]: row for row in rows if row["world"]}
    world[ALL] = sum_of(list(world.values()), ALL)
    wrong = [f"floors.txt: {path}: no such file runs on the world" for path in floors if path not in world]
    for path, row in world.items():
        if path not in floors:
            wrong.append(f"{path}: no row in floors.txt")
            continue
        for what, floor in zip(("lines", "branches"), floors[path]):
            has = percent(row["covered"]["faults"][what], row[what])
            if has < floor:
                wrong.append(f"{path}: {has} % of its {what} run with corpus and faults; its floor is {floor} %")
    return wrong


ITEM = re.compile(r"  (line|true|false)(?: #(\d+))?  (.*)$")


def read_reasons():
    """({(path, function, side, text, number): where}, what is wrong with the form of unreached.txt)."""
    reasons, wrong, group, head = {}, [], [], None
    name = "unreached.txt"
    with open(os.path.join(HERE, name), encoding="utf-8") as file:
        lines = [line.rstrip("\n") for line in file]
    for number, line in enumerate(lines + ["end end"], 1):
        item = ITEM.match(line)
        if line.startswith("#") or not line:
            continue
        if item:
            if head is None:
                wrong.append(f"{name}:{number}: a line or branch without its function")
                continue
            key = (*head, item.group(1), item.group(3), int(item.group(2) or 1))
            if key in reasons:
                wrong.append(f"{name}:{number}: twice")
            reasons[key] = f"{name}:{number}"
            group.append(number)
        elif line.startswith("    ") and (not group or len(line.split()) >= 4):
            group = []
        else:
            if group:
                wrong.append(f"{name}:{group[0]}: no sentence follows that says why it cannot happen")
            group, words = [], line.split()
            head = tuple(words) if len(words) == 2 and line[0] != " " else None
            if head is None:
                wrong.append(f"{name}:{number}: expected 'FILE FUNCTION', a line, a branch or a sentence")
    return reasons, wrong


def unreached(files):
    """{(path, function, side, text, number): line} of what never ran on the world."""
    return {(path, *key): line for path, file in files.items() if WORLD.match(path)
            for key, line in file.items(lambda count: count == 0)}


def judge_reasons(files, all_of_them):
    """What is wrong with unreached.txt."""
    reasons, wrong = read_reasons()
    missing = unreached(files)
    for key, line in missing.items():
        if all_of_them and key not in reasons:
            what = "line" if key[2] == "line" else f"branch ({key[2]})"
            wrong.append(f"{key[0]}:{line}: {key[1]}: {what} never runs, and unreached.txt does not say why: {key[3]}")
    for key, where in reasons.items():
        if key not in missing:
            wrong.append(f"{where}: runs, or is not there: {key[0]} {key[1]}: {key[2]} {key[3]}")
    return wrong


def list_unreached(files):
    """What never ran, as unreached.txt has it."""
    reasons, _ = read_reasons()
    head = None
    for key in unreached(files):
        if key in reasons:
            continue
        if key[:2] != head:
            head = key[:2]
            print(f"{head[0]} {head[1]}")
        print(f"  {key[2]}{'' if key[4] == 1 else f' #{key[4]}'}  {key[3]}")


def commit_of():
    """The abbreviated commit, or None."""
    run = subprocess.run(["git", "-C", ROOT, "rev-parse", "--short", "HEAD"], stdout=subprocess.PIPE,
                         stderr=subprocess.DEVNULL, text=True, check=False)
    return run.stdout.strip() or None


def main(arguments):
    how = arguments.pop(0) if arguments[0].startswith("--") else None
    out, programs = arguments[0], arguments[arguments.index("--") + 1:]
    names = arguments[1:arguments.index("--")]
    sets = {name: read_set(out, name, programs) for name in names}
    if how == "--list":
        list_unreached(sets["faults"])
        return 0
    rows = table_of(sets)
    print_table(rows, names)
    now = datetime.datetime.now(datetime.timezone.utc)
    with open(os.path.join(out, "coverage.json"), "w", encoding="utf-8") as file:
        json.dump({"format": "rundown coverage", "version": 1, "date": now.strftime("%Y-%m-%dT%H:%M:%SZ"),
                   "commit": commit_of(), "flavour": "coverage", "sets": names, "files": rows}, file, indent=1)
        file.write("\n")
    wrong = []
    if "faults" in sets:
        wrong = judge_floors(rows) + judge_reasons(sets["faults"], how is None)
        for text in wrong:
            print("not ok -", text)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
