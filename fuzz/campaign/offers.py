# SPDX-License-Identifier: Apache-2.0
"""Inputs that are worth a place in the repository: they reach code that no input there reaches. Each is written as text, with
a name, below build/campaign/offers; `./build.sh corpus add FILE` puts it in its place."""
import re
import shutil
from pathlib import Path

from . import kept, merge
from .places import remove_tree, sha1

MOST = 5
NAME_LENGTH = 60
CALL = re.compile(r"^(?:[\w, ]+ = )?([A-Z]\w+)\(")
FAULT = re.compile(r"!([a-z.]+)\S* (\w+)")


def kebab(name):
    """DsBackupOpenFileW -> open-file"""
    name = re.sub(r"^Ds(Backup|Restore)?", "", name)
    name = re.sub(r"[AW]$", "", name)
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", name).lower()


def name_of(text):
    """Of what a program does: its calls, each once, then its first fault."""
    calls = list(dict.fromkeys(kebab(m.group(1)) for m in map(CALL.match, text.splitlines()) if m))
    fault = FAULT.search(text)
    end = f"-with-{fault.group(1)}-{fault.group(2).lower()}".replace(".", "-") if fault else ""
    while len(calls) > 1 and len("-".join(calls)) + len(end) > NAME_LENGTH:
        calls.pop()
    return "-".join(calls) + end or "nothing"


def unused(folder, name, suffix):
    """A path in the folder that is not there yet."""
    path, number = folder / f"{name}{suffix}", 2
    while path.exists():
        path, number = folder / f"{name}-{number}{suffix}", number + 1
    return path


def write_offer(settings, folder, driver, path, edges):
    """The path of the text, or None: it cannot be made."""
    folder.mkdir(parents=True, exist_ok=True)
    if driver == "session":
        text = kept.show(settings.build, [str(path)]).get(str(path), "")
        if not text:
            return None
        to = unused(folder, name_of(text), ".txt")
        to.write_text(f"# reaches {edges} edges that no program here reached\n{text}", encoding="utf-8")
        return to
    to = unused(folder, f"{driver.replace('_', '-')}-{sha1(Path(path).read_bytes())[:8]}", ".bin")
    shutil.copyfile(path, to)
    good, _ = merge.tool([kept.rundown(settings.build), "decode", driver, to])
    return to if good else None


def offers(settings, places, drivers):
    """Of what the last merge has seen: [(driver, path, edges)], those with most edges first."""
    top = settings.work / "offers"
    remove_tree(top)
    rows = []
    for driver in drivers:
        edges = merge.new_edges(places.driver(driver) / "minimise" / "control")
        rows += [(count, driver, path) for path, count in edges.items() if Path(path).is_file()]
    made = []
    for count, driver, path in sorted(rows, key=lambda row: (-row[0], row[2]))[:MOST]:
        to = write_offer(settings, top / driver, driver, path, count)
        if to is not None:
            made.append((driver, to, count))
    return made
