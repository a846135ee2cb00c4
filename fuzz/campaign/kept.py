# SPDX-License-Identifier: Apache-2.0
"""The corpus that grows from campaign to campaign: build/corpus/DRIVER, files of bytes named by their content.

Programs of the session driver are also kept as text, in build/corpus/session.texts: bytes select from tables, and mean
another program when a table has grown. `session.reading` says how the bytes were read when they were written; if that has
changed, they are made again of the texts."""
import hashlib
import os
import random
import re
import shutil
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from .merge import add_for_afl, merge, tool
from .places import copy_new, files_of, make, put, remove_tree, sha1
from .words import read_text

TEXTS, READING = "session.texts", "session.reading"
HEAD = "### "
MARK = "Wait(0xbb40e64d)\n"
AT_ONE_TIME = 200
MOST_TEXT = 1 << 30


def rundown(build):
    return build / "asan" / "rundown"


def seeds(build, driver, folder, source):
    """The repository's inputs as files of bytes: sha1 -> path. Texts that are no programs are left out: the replay tells them."""
    names = {}
    if driver == "session":
        texts = sorted([*source.glob("corpus/session/*.txt"), *source.glob("corpus/regressions/*.txt")])
        inputs = pack(build, texts)
    else:
        inputs = {path: path.read_bytes() for path in sorted(source.glob(f"corpus/{driver}/*.bin"))}
    for path, data in inputs.items():
        put(data, folder)
        names[sha1(data)] = str(path)
    return names


def pack(build, texts):
    """Programs as bytes: path -> bytes. What cannot be packed is left out."""
    result = {}
    with tempfile.TemporaryDirectory() as work:
        waiting = [texts[start:start + AT_ONE_TIME] for start in range(0, len(texts), AT_ONE_TIME)]
        while waiting:
            batch = waiting.pop()
            if pack_into(build, batch, work):
                result.update({path: (Path(work) / f"{path.name}.bin").read_bytes() for path in batch})
            elif len(batch) > 1:
                waiting += [batch[:len(batch) // 2], batch[len(batch) // 2:]]
            clear(work)
    return result


def pack_into(build, texts, work):
    """Their names must differ. False: one of them cannot be packed."""
    return len({path.name for path in texts}) == len(texts) and tool([rundown(build), "pack", work, *texts])[0]


def clear(folder):
    for path in files_of(folder):
        os.unlink(path)


def show(build, paths):
    """Programs as text: path -> text. `rundown show` prints them one after the other, so another one stands between them."""
    result = {}
    with tempfile.TemporaryDirectory() as work:
        mark = Path(work) / "mark.txt"
        mark.write_text(MARK, encoding="ascii")
        waiting = [paths[start:start + AT_ONE_TIME] for start in range(0, len(paths), AT_ONE_TIME)]
        while waiting:
            batch = waiting.pop()
            good, text = tool([rundown(build), "show", *[word for path in batch for word in (path, mark)]])
            texts = text.split(MARK)[:-1]
            if good and len(texts) == len(batch):
                result.update(zip(batch, texts))
            elif len(batch) > 1:  # one of them is refused
                waiting += [batch[:len(batch) // 2], batch[len(batch) // 2:]]
    return result


def reading(build):
    """A number for how bytes are read: of what `rundown show` makes of fixed ones."""
    chance = random.Random(1)
    with tempfile.TemporaryDirectory() as work:
        probe = Path(work) / "probe"
        probe.write_bytes(bytes([2, 0, 0, 0]) + b"".join(bytes([i]) + chance.randbytes(35) for i in range(256)))
        good, text = tool([rundown(build), "show", probe])
    return hashlib.sha256(text.encode()).hexdigest()[:16] if good and text else ""


def write(path, text):
    """Whole, or as it was."""
    partial = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        partial.write_text(text, encoding="utf-8")
        os.replace(partial, path)
    finally:
        partial.unlink(missing_ok=True)


def write_texts(build, kept):
    """The session corpus as text, and how it was read: after each change of it. What has its text keeps it."""
    paths, now = files_of(kept / "session"), reading(build)
    before = split_texts(read_text(kept / TEXTS, MOST_TEXT)) if now == read_text(kept / READING).strip() else {}
    fresh = show(build, [path for path in paths if os.path.basename(path) not in before])
    texts = {name: before.get(name) or fresh.get(path, "") for path in paths for name in [os.path.basename(path)]}
    write(kept / TEXTS, "".join(f"{HEAD}{name}\n{text}" for name, text in texts.items() if text))
    write(kept / READING, now + "\n")


def split_texts(text):
    """name -> program."""
    parts = re.split(rf"^{HEAD}([0-9a-f]+)\n", text, flags=re.M)
    return dict(zip(parts[1::2], parts[2::2]))


def repair(build, kept, driver):
    """Before the corpus is used: a minimising that was killed is undone, and bytes of another version are made again of their
    texts. What there is to say about it, or nothing."""
    folder, old = kept / driver, kept / f"{driver}.old"
    remove_tree(kept / f"{driver}.new")
    if old.is_dir():
        copy_new(files_of(old), make(folder))
        remove_tree(old)
    make(folder)
    if driver != "session" or not files_of(folder):
        return ""
    was = read_text(kept / READING).strip()
    now = reading(build)
    if not was or was == now or not now:
        return ""
    return convert(build, kept, folder)


def convert(build, kept, folder):
    texts = split_texts(read_text(kept / TEXTS, MOST_TEXT))
    before = len(files_of(folder))
    with tempfile.TemporaryDirectory() as work:
        paths = []
        for name, text in texts.items():
            paths.append(Path(work) / f"{name}.txt")
            paths[-1].write_text(text, encoding="utf-8")
        packed = pack(build, paths)
    old = kept / "session.old"
    os.replace(folder, old)
    make(folder)
    for data in packed.values():
        put(data, folder)
    remove_tree(old)
    write_texts(build, kept)
    return (f"The kept session corpus is of another version of the language: of {before} programs {len(packed)} were made again "
            f"of their texts, {max(0, before - len(packed))} are lost.")


def replace(kept, driver, new):
    """`new` takes the place of the driver's corpus; killed in the middle, it leaves one of them (repair)."""
    folder, old = kept / driver, kept / f"{driver}.old"
    remove_tree(old)
    os.replace(folder, old)
    os.replace(new, folder)
    remove_tree(old)


def free_bytes(folder):
    try:
        return shutil.disk_usage(folder).free
    except OSError:
        return 0


@dataclass(frozen=True)
class Kept:
    before: int    # inputs
    after: int
    coverage: int  # edges that these and the repository's inputs reach
    edges: int     # that there are


def minimise(settings, places, driver, limit_s, stop=lambda: False):
    """What the campaign has found and what was kept, in the smallest inputs that reach all of it beside the repository's.
    A text: all is kept as it is, and why."""
    until = time.monotonic() + limit_s
    folder, new, work = make(settings.corpus / driver), settings.corpus / f"{driver}.new", places.driver(driver) / "minimise"
    sources = [folder] + [f for f in (places.corpus(driver),) if f.is_dir()]
    before = len({os.path.basename(p) for source in sources for p in files_of(source)})
    remove_tree(new)
    make(new)
    copy_new(files_of(places.seeds(driver)), new)
    given = {os.path.basename(path) for path in files_of(new)}
    merged = merge(settings.build, driver, new, sources, work, limit_s, stop)
    left = until - time.monotonic()
    if merged.good and left > 1 and (settings.build / "afl" / f"fuzz_{driver}").exists():
        add_for_afl(settings.build, driver, new, sources, work, left, stop)
    if not merged.good or stop():
        remove_tree(new)
        copy_new(files_of(places.corpus(driver)), folder)
        if driver == "session":
            write_texts(settings.build, settings.corpus)
        return merged.why or "interrupted"
    for name in given:
        os.unlink(new / name)
    replace(settings.corpus, driver, new)
    if driver == "session":
        write_texts(settings.build, settings.corpus)
    return Kept(before, len(files_of(folder)), merged.coverage, merged.edges)
