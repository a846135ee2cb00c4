#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""parts.py BUILD ROOT

Who may know whom is kept. CMake writes what each part says of itself into BUILD/parts.txt (cmake/parts.cmake). Here:

- every folder of faults/ and fuzz/ is a part, and none knows itself, by whatever way
- docs/architecture.md says the same in its table
- every #include of a part is one of its own, of a part that it may know, or of a folder of target/ that it may look into
- the whole archive of a part links with those that it may know and nothing else. A static library alone would enforce
  nothing: what it lacks is looked for at the last link, where all are present.

System libraries are free. Exit code 1: something is not so.
"""
import os
import re
import subprocess
import sys

# Libraries of the system, and a name that the linker defines in programs alone.
SYSTEM = ["-lnettle", "-ljansson", "-lcrypt", "-ldl", "-lpthread", "-Wl,--defsym=__executable_start=0"]
API_HEADERS = {"ntdsbcli.h", "ntdsbmsg.h", "windows.h", "winerror.h"}
complaints = []


def complain(text):
    complaints.append(text)
    print(f"not ok - {text}")


class Part:
    def __init__(self, line):
        self.name, self.folder, self.archive, knows, target, headers, only = line.split("|")
        self.knows = knows.split()
        self.target = set(target.split())
        self.headers = set(headers.split())
        self.only = set(only.split())


def read_parts(path):
    with open(path, encoding="utf-8") as lines:
        parts = {part.name: part for part in map(Part, lines.read().splitlines())}
    together = [name for name in parts if name.startswith("faults_") and parts[name].archive]
    for part in parts.values():
        part.knows = [name for known in part.knows for name in (together if known == "faults" else [known])]
        part.api = "target_headers" in part.knows
        part.knows = [name for name in part.knows if name != "target_headers"]
    return parts


def closure(parts, name, path=()):
    """All that a part may know, itself included; complains of circles."""
    if name in path:
        complain("a circle: " + " -> ".join(path[path.index(name):] + (name,)))
        return set()
    if name not in parts:
        complain(f"{path[-1]} knows {name}, which is no part")
        return set()
    return {name}.union(*(closure(parts, known, path + (name,)) for known in parts[name].knows))


def owner_of(parts, path):
    """The part of a file: a file that one part names as its ONLY ones is that part's, with its header."""
    folder, file = os.path.split(path)
    stem = os.path.splitext(file)[0]
    here = [part for part in parts.values() if part.folder == folder]
    for part in here:
        if f"{stem}.c" in part.only:
            return part
    return next((part for part in here if not part.only), None)


def includes(root, path):
    with open(os.path.join(root, path), encoding="utf-8") as text:
        return re.findall(r'^\s*#\s*include\s+(["<])([^">]+)[">]', text.read(), re.MULTILINE)


def check_includes(root, parts, known):
    count = 0
    for folder in sorted({part.folder for part in parts.values()}):
        for file in sorted(os.listdir(os.path.join(root, folder))):
            if not file.endswith((".c", ".h")):
                continue
            path = f"{folder}/{file}"
            part = owner_of(parts, path)
            for quote, name in includes(root, path):
                count += 1
                reason = refuse(root, parts, known, part, quote, name)
                if reason:
                    complain(f"{path} includes {name}: {reason}")
    return count


def refuse(root, parts, known, part, quote, name):
    may = [parts[other] for other in known[part.name]]
    if quote == "<":
        there = os.path.exists(os.path.join(root, "target/include", name)) or name in API_HEADERS
        return "headers of the API" if there and not any(p.api for p in may) else None
    local = f"{part.folder}/{name}"
    path = local if os.path.exists(os.path.join(root, local)) else os.path.normpath(name)
    if not os.path.exists(os.path.join(root, path)):
        return "no such file"
    folder = os.path.dirname(path)
    if folder == "target/include":
        return None if any(p.api for p in may) else "headers of the API"
    if path.startswith("target/"):
        return None if any(folder[len("target/"):] in p.target for p in may) else f"{part.name} may not look into {folder}"
    owner = owner_of(parts, path)
    if owner is None:
        return f"{folder} is no part"
    return None if owner in may or path in part.headers else f"{part.name} may not know {owner.name}"


def link(build, parts, known, part, without=()):
    others = [parts[name].archive for name in sorted(known[part.name] - {part.name} - set(without)) if parts[name].archive]
    if any(parts[name].target for name in known[part.name]):
        for folder, _, files in os.walk(os.path.join(build, "target")):
            others += [os.path.join(folder, file) for file in files if file.startswith("libntdsb_") and file.endswith(".a")]
    command = ["clang-14", "-shared", "-Wl,-z,defs", "-o", "/dev/null", "-Wl,--whole-archive", part.archive,
               "-Wl,--no-whole-archive", "-Wl,--start-group", *others, "-Wl,--end-group", *SYSTEM]
    out = subprocess.run(command, capture_output=True, text=True, check=False)
    if out.returncode == 0:
        return []
    return sorted(set(re.findall(r"undefined reference to `(\w+)'", out.stderr))) or [out.stderr.strip()]


def check_links(build, parts, known):
    count = 0
    for part in parts.values():
        if not part.archive:
            continue
        count += 1
        for symbol in link(build, parts, known, part):
            complain(f"{part.name} needs {symbol}, which no part that it may know has")
    # A link that cannot fail shows nothing.
    model = parts["fuzz_model"]
    if not link(build, parts, known, model, without=known[model.name]):
        complain("fuzz_model links with nothing: this test cannot fail")
    return count


def check_folders(root, parts):
    # A folder without C is linked with nothing.
    there = {f"{top}/{name}" for top in ("faults", "fuzz") for name in os.listdir(os.path.join(root, top))
             if os.path.isdir(os.path.join(root, top, name)) and any(file.endswith(".c") for file in os.listdir(os.path.join(root, top, name)))}
    for folder in sorted(there ^ {part.folder for part in parts.values()}):
        complain(f"{folder} is a folder or a part, not both")


def label_of(part):
    return f"{part.folder}/{min(part.only)}" if part.only else part.folder


def check_document(root, parts):
    """A row of the table: | `part` | `part`, `target/folder`, `header.h` | and never |."""
    with open(os.path.join(root, "docs/architecture.md"), encoding="utf-8") as text:
        rows = re.findall(r"^\| `((?:faults|fuzz)/[\w/.]+)` \| (.*?) \|", text.read(), re.MULTILINE)
    told = {row: set(re.findall(r"`([^`]+)`", cell)) for row, cell in rows}
    for part in parts.values():
        said = {label_of(parts[name]) for name in part.knows} | {f"target/{folder}" for folder in part.target} | part.headers
        said |= {"target/include"} if part.api else set()
        if told.get(label_of(part)) != said:
            complain(f"docs/architecture.md, {label_of(part)}: {sorted(told.get(label_of(part), {'no row'}))}, "
                     f"CMake says {sorted(said)}")
    for row in set(told) - {label_of(part) for part in parts.values()}:
        complain(f"docs/architecture.md: {row} is no part")


def main(build, root):
    parts = read_parts(os.path.join(build, "parts.txt"))
    known = {name: closure(parts, name) for name in parts}
    if not complaints:
        check_folders(root, parts)
        check_document(root, parts)
        included = check_includes(root, parts, known)
        linked = check_links(build, parts, known)
    if complaints:
        return 1
    print(f"ok - {len(parts)} parts, {included} includes, {linked} archives linked")
    return 0 if included > 100 and linked > 5 else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
