# SPDX-License-Identifier: Apache-2.0
"""./build.sh corpus: what campaigns have gathered in build/corpus.

    status            how much there is, and what waits for the next campaign
    minimise          the smallest inputs that reach all of it, beside those of the repository
    export DIR        all of it into DIR/DRIVER: bytes, and each input as text
    import PATH...    inputs from files or folders (as exported, or DRIVER/FILE): programs as text, or bytes
    add FILE...       an input into the repository's corpus/, as text; --name NAME
"""
import os
import shutil
import sys
import tempfile
from pathlib import Path

from . import kept, merge, processes
from .campaign import claim
from .places import Places, copy_new, files_of, make, put, remove_tree
from .settings import DRIVERS, USAGE, Parser, finish, places
from .terminal import short

MINIMISE_S = 3600.0
ACTIONS = ("status", "minimise", "export", "import", "add")


def fail(text):
    print(f"build.sh: corpus: {text}", file=sys.stderr)
    return 1


def is_text(data):
    return bool(data) and all(byte >= 32 and byte != 127 or byte in b"\n\t\r" for byte in data)


def status(settings, _):
    waiting = settings.work / "unexamined"
    print(f"{'driver':<12} {'inputs':>7} {'bytes':>7}   in {settings.corpus}")
    for driver in settings.drivers:
        files = files_of(settings.corpus / driver)
        print(f"{driver:<12} {len(files):>7} {short(sum(os.path.getsize(p) for p in files)):>7}")
    reading = settings.corpus / kept.READING
    if files_of(settings.corpus / "session") and reading.exists():
        now = kept.reading(settings.build)
        same = reading.read_text(encoding="ascii").strip() == now
        print("Programs are of this version of the language." if same else "Programs could not be read: build/asan/rundown is not built."
              if not now else "Programs are of another version of the language: the next campaign makes them again of their texts.")
    left = sum(len(files_of(f)) for f in (settings.work / "run").glob("*/corpus"))
    found = sum(len(files_of(f)) for f in waiting.glob("*"))
    if left or found:
        print(f"The next campaign takes up {left} inputs of one that was ended, and examines {found} that show findings.")
    return 0


def minimise(settings, _):
    lock = claim(settings)
    there = Places(settings)
    there.run = settings.work / "minimise"
    remove_tree(there.run)
    status_code = 0
    for driver in settings.drivers:
        message = kept.repair(settings.build, settings.corpus, driver)
        if message:
            print(message)
        kept.seeds(settings.build, driver, make(there.seeds(driver)), Path("."))
        sizes = kept.minimise(settings, there, driver, MINIMISE_S)
        failing = files_of(there.driver(driver) / "minimise" / "found")
        if isinstance(sizes, str):
            status_code = fail(f"{driver} is not minimised, and stays as it is: {sizes}: see {there.driver(driver)}/minimise/log")
        else:
            print(f"{driver}: {sizes.after} inputs of {sizes.before}, {sizes.coverage} of {sizes.edges} edges")
        if failing:
            copy_new(failing, make(settings.work / "unexamined" / driver))
            print(f"{driver}: {len(failing)} inputs show findings; the next campaign examines them")
    remove_tree(there.run) if status_code == 0 else None
    lock and lock.close()
    return status_code


def export(settings, words):
    if len(words) != 1:
        return fail("export takes one folder")
    count = failed = 0
    for driver in settings.drivers:
        files = files_of(settings.corpus / driver)
        to = make(Path(words[0]) / driver)
        for path in files:
            shutil.copyfile(path, to / f"{Path(path).name}.bin")
        count += len(files)
        if driver == "session":
            texts = kept.show(settings.build, files)
            for path, text in texts.items():
                (to / f"{Path(path).name}.txt").write_text(text, encoding="utf-8")
            failed += len(files) - len(texts)
        else:
            made = sorted(to.glob("*.bin"))
            for start in range(0, len(made), kept.AT_ONE_TIME):
                batch = made[start:start + kept.AT_ONE_TIME]
                if not merge.tool([kept.rundown(settings.build), "decode", driver, *batch])[0]:
                    failed += len(batch)
    print(f"{count} inputs in {words[0]}, each with its text beside it" + (f", but {failed} without" if failed else ""))
    return int(failed > 0)


def inputs_of(words):
    """Files of these paths and of the folders below them; a text beside bytes of the same name is theirs."""
    for word in words:
        path = Path(word)
        files = sorted(p for p in path.rglob("*") if p.is_file()) if path.is_dir() else [path]
        yield from (p for p in files if not (p.suffix == ".txt" and p.with_suffix(".bin") in files))


def import_(settings, words):
    if not words:
        return fail("import takes files or folders")
    texts, new, same, status_code = [], 0, 0, 0
    for path in inputs_of(words):
        if not path.is_file():
            status_code = fail(f"{path}: no such file")
            continue
        data = path.read_bytes()
        driver = settings.driver if settings.driver != "all" else path.parent.name
        if is_text(data):
            texts.append(path)
        elif driver in DRIVERS:
            added = put(data, make(settings.corpus / driver))
            new, same = new + added, same + (not added)
        else:
            status_code = fail(f"{path}: say for which driver these bytes are: --driver D")
    packed = kept.pack(settings.build, texts)
    for path in texts:
        if path not in packed:
            status_code = fail(f"{path} is no program: {merge.tool([kept.rundown(settings.build), 'show', path])[1].strip()}")
            continue
        added = put(packed[path], make(settings.corpus / "session"))
        new, same = new + added, same + (not added)
    if new:
        kept.write_texts(settings.build, settings.corpus)
    print(f"{new} inputs imported, {same} were there")
    return status_code


def driver_of(settings, path):
    if settings.driver != "all":
        return settings.driver
    return path.parent.name if path.parent.name in DRIVERS else "session" if path.suffix == ".txt" else ""


def add_one(settings, path, name):
    """Into the repository's corpus. None, or what is wrong."""
    driver = driver_of(settings, path)
    if not path.is_file():
        return "no such file"
    if not driver:
        return "say for which driver these bytes are: --driver D"
    folder = Path("corpus") / driver
    to = folder / f"{name}{'.txt' if driver == 'session' else '.bin'}"
    if to.exists():
        return f"{to} is there; --name NAME gives another name"
    with tempfile.TemporaryDirectory() as work:
        trial = Path(work) / to.name
        if driver == "session":
            text = path.read_text(encoding="utf-8") if is_text(path.read_bytes()) else kept.show(settings.build, [str(path)])[str(path)]
            trial.write_text(text, encoding="utf-8")
            good, said = merge.tool([kept.rundown(settings.build), "run", trial])
        else:
            shutil.copyfile(path, trial)
            good, said = merge.tool([settings.build / "asan" / f"replay_{driver}", trial])
            good = good and merge.tool([kept.rundown(settings.build), "decode", driver, trial])[0]
        if not good:
            return f"it does not run clean, so it is a finding, not a program for the corpus:\n{said.strip()}"
        for made in files_of(work):
            shutil.copyfile(made, folder / Path(made).name)
    print(f"{to}: say in its first line what it shows" if driver == "session" else f"{to}, and its text beside it")
    return None


def add(settings, words):
    if not words or (settings.name and len(words) > 1):
        return fail("add takes files; with --name, one")
    status_code = 0
    for word in words:
        path = Path(word)
        wrong = add_one(settings, path, settings.name or path.stem)
        if wrong:
            status_code = fail(f"{path}: {wrong}")
    return status_code


def run(words):
    parser = Parser(prog="corpus", add_help=False, allow_abbrev=False)
    places(parser)
    parser.add_argument("--name", default="")
    parser.add_argument("action", nargs="?", choices=ACTIONS, default="status")
    parser.add_argument("words", nargs="*", default=[])
    settings = finish(parser.parse_intermixed_args(words))
    settings.sync, settings.host = None, ""
    if settings.action in ("status", "minimise") and settings.words:
        print(f"build.sh: corpus: {settings.action} takes no words\nTry: ./build.sh help", file=sys.stderr)
        return USAGE
    processes.adopt()
    action = {"status": status, "minimise": minimise, "export": export, "import": import_, "add": add}[settings.action]
    try:
        return action(settings, settings.words)
    except OSError as error:
        return fail(f"{error.filename}: {error.strerror}")
