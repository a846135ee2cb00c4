# SPDX-License-Identifier: Apache-2.0
"""Where a campaign keeps what. Below build/campaign/run: DRIVER/JOB, a folder for each job (log, statistics, inputs that show
findings), DRIVER/start, the inputs that a round begins with, and, unless several machines share it, what engines exchange:
DRIVER/corpus, libFuzzer's, and DRIVER/afl, with a folder for each instance of AFL++."""
import contextlib
import hashlib
import os
import shutil


class Places:
    def __init__(self, settings):
        self.run = settings.work / "run"
        self.shared = settings.sync
        self.kept = settings.corpus
        self.settings = settings

    def driver(self, driver):
        return self.run / driver

    def job(self, seat):
        return self.run / seat.driver / seat.name

    def start(self, driver):
        return self.run / driver / "start"

    def seeds(self, driver):
        return self.run / driver / "seeds"

    def exchange(self, driver):
        return (self.shared or self.run) / driver

    def corpus(self, driver):
        return self.exchange(driver) / "corpus"

    def persistent(self, driver):
        return self.kept / driver

    def make(self, driver):
        for folder in (self.start(driver), self.seeds(driver), self.corpus(driver), self.exchange(driver) / "afl", self.persistent(driver)):
            folder.mkdir(parents=True, exist_ok=True)


def sha1(data):
    return hashlib.sha1(data, usedforsecurity=False).hexdigest()


def files_of(folder):
    """Regular files, hidden ones left out; none if there is no folder."""
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        return sorted(e.path for e in entries if not e.name.startswith(".") and e.is_file(follow_symlinks=False))
    return []


def count_files(folder):
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        return sum(1 for e in entries if not e.name.startswith("."))
    return 0


def put(data, folder):
    """An input under the name of its content, as libFuzzer names them; whole, or not at all. False: it was there."""
    name = sha1(data)
    to = os.path.join(folder, name)
    if os.path.exists(to):
        return False
    partial = os.path.join(folder, f".{name}.{os.getpid()}")
    try:
        with open(partial, "wb") as file:
            file.write(data)
        os.replace(partial, to)
    finally:
        with contextlib.suppress(OSError):
            os.unlink(partial)
    return True


def copy_new(paths, folder, done=None):
    """Files into a corpus. `done`: paths that were looked at before; it grows. How many were new."""
    count = 0
    for path in paths:
        if done is not None and path in done:
            continue
        with contextlib.suppress(FileNotFoundError), open(path, "rb") as file:
            count += put(file.read(), folder)
        if done is not None:
            done.add(path)
    return count


def make(folder):
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def remove_tree(folder):
    shutil.rmtree(folder, ignore_errors=True)
