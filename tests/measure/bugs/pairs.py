#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""pairs.py choose --seed S --count N        print N pairs of planted bugs, "NN NN", whose patches apply together
   pairs.py hidden FOLDER...                 of these folders NN+NN, those whose pairs have not been told apart yet
   pairs.py judge FOLDER                     of FOLDER/NN+NN/signatures: which pairs are told apart
   pairs.py table                            of signatures.txt: how many signatures one bug has

choose: as many as there are, up to a quarter of N, change the same function, and up to half of N have the same verdict; the
rest is drawn from all. judge: a pair is told apart if it shows a signature that the table (signatures.txt) has for the first
bug and not for the second, and one that it has for the second and not for the first. table: more than three
need a line "NN argued: why", or "NN unstable: why". Exit code 1: it is not so."""
import argparse
import itertools
import pathlib
import random
import re
import shutil
import statistics
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
TOP = HERE.parent.parent.parent


def bugs():
    """Number -> (file, verdict, the places that it changes), of the flavour release."""
    found = {}
    for path in sorted(HERE.glob("[0-9]*.patch")):
        text = path.read_text()
        field = dict(re.findall(r"^(\w+): (.*)$", text.split("\n---\n", 1)[0], re.M))
        if field.get("Flavour", "release") == "release":
            found[path.name.split("-")[0]] = (path, field["Verdict"].split(",")[0], places(text))
    return found


def places(patch):
    """The functions that a patch changes: (file, function)."""
    result, file = set(), None
    for line in patch.splitlines():
        if line.startswith("+++ "):
            file = re.sub(r"^\+\+\+ b/(\S+).*", r"\1", line)
        hunk = re.match(r"@@ -(\d+)(?:,(\d+))?", line)
        if hunk and file and (TOP / file).exists():
            last = int(hunk[1]) + int(hunk[2] or 1) // 2
            heads = [l for l in (TOP / file).read_text().splitlines()[:last] if re.match(r"[a-z].*\w\(", l)]
            result.add((file, re.search(r"(\w+)\(", heads[-1])[1] if heads else ""))
    return result


def apply_together(a, b):
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(TOP / "target", pathlib.Path(folder) / "target")
        for path in (a, b):
            if subprocess.run(["patch", "-s", "-p1", "-F0", "-d", folder], stdin=path.open(), capture_output=True).returncode:
                return False
    return True


def choose(seed, count):
    every = bugs()
    pairs = list(itertools.combinations(every, 2))
    random.Random(seed).shuffle(pairs)
    same_function = [p for p in pairs if every[p[0]][2] & every[p[1]][2]]
    same_verdict = [p for p in pairs if every[p[0]][1] == every[p[1]][1]]
    chosen = []
    for group, wanted in ((same_function, count // 4), (same_verdict, count // 2), (pairs, count)):
        have = sum(p in group for p in chosen) if group is not pairs else len(chosen)
        for pair in group:
            if have >= wanted or len(chosen) >= count:
                break
            if pair not in chosen and apply_together(every[pair[0]][0], every[pair[1]][0]):
                chosen.append(pair)
                have += 1
    verdicts = sum(every[a][1] == every[b][1] for a, b in chosen)
    functions = sum(bool(every[a][2] & every[b][2]) for a, b in chosen)
    print(f"# seed {seed}: {len(chosen)} pairs, {verdicts} of the same verdict, {functions} in the same function "
          f"({len(same_function)} such pairs exist)")
    for a, b in sorted(chosen):
        print(a, b)


def read_table():
    """Number -> signatures; and the numbers of those that are argued or unstable."""
    table, explained = {}, set()
    for line in (HERE / "signatures.txt").read_text().splitlines():
        if re.match(r"\d", line):
            number, signature = line.split(" ", 1)
            if re.match("(argued|unstable): ", signature):
                explained.add(number)
            else:
                table.setdefault(number, set()).add(signature)
    return table, explained


def count_signatures():
    table, explained = read_table()
    counts = {number: len(signatures) for number, signatures in table.items()}
    median = statistics.median(counts.values())
    many = {number for number, count in counts.items() if count > 3}
    single = sum(count == 1 for count in counts.values())
    print(f"{len(counts)} bugs, {single} with one signature, {len(many)} with more than three: median {median:g}, "
          f"mean {statistics.mean(counts.values()):.2f}")
    for number in sorted(many - explained):
        print(f"FAILED {number} has {counts[number]} signatures, and no line says why")
    for number in sorted(explained - set(table)):
        print(f"FAILED {number} has a reason and no signature")
    return 1 if many - explained or explained - set(table) else 0


def missing(table, folder):
    """Of the pair in the folder: [(bug that does not show, whether it has a signature that the other has not)]."""
    a, b = folder.name.split("+")
    path = folder / "signatures"
    shown = set(path.read_text().splitlines()) if path.exists() else set()
    of_a, of_b = table.get(a, set()), table.get(b, set())
    return [(bug, bool(own)) for bug, own in ((a, of_a - of_b), (b, of_b - of_a)) if not shown & own]


def hidden(folders):
    table, _ = read_table()
    for folder in folders:
        if missing(table, pathlib.Path(folder)):
            print(folder)
    return 0


def judge(folder):
    table, _ = read_table()
    good = bad = 0
    for path in sorted(pathlib.Path(folder).glob("[0-9]*+[0-9]*/signatures")):
        wrong = missing(table, path.parent)
        good += not wrong
        bad += bool(wrong)
        for bug, has_own in wrong:
            print(f"FAILED {path.parent.name.replace('+', ' + ')}: {bug} {'is hidden' if has_own else 'has no signature of its own'}")
    print(f"{good + bad} pairs, {good} told apart, {bad} not")
    return 1 if bad or not good else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    one = commands.add_parser("choose")
    one.add_argument("--seed", type=int, default=1)
    one.add_argument("--count", type=int, default=200)
    commands.add_parser("hidden").add_argument("folders", nargs="+")
    commands.add_parser("judge").add_argument("folder")
    commands.add_parser("table")
    arguments = parser.parse_args()
    if arguments.command == "choose":
        choose(arguments.seed, arguments.count)
        return 0
    if arguments.command == "hidden":
        return hidden(arguments.folders)
    return count_signatures() if arguments.command == "table" else judge(arguments.folder)


if __name__ == "__main__":
    sys.exit(main())
