# SPDX-License-Identifier: Apache-2.0
"""Corpora made small: what libFuzzer's -merge=1 keeps, and beside it what AFL++ tells apart and libFuzzer does not."""
import re
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from . import afl, libfuzzer, processes
from .places import files_of, put
from .words import last_lines, number, read_text

LONGEST_BYTES = afl.LONGEST_BYTES


@dataclass
class Merged:
    good: bool = False
    why: str = ""                              # not good: why
    coverage: int = 0                          # edges that all of it reaches
    edges: int = 0                             # that there are
    failing: list = field(default_factory=list)   # copies of inputs that show findings; libFuzzer names them by content


def wait(process, limit_s, stop):
    """True: it has ended by itself."""
    until = time.monotonic() + limit_s
    while process.poll() is None:
        if stop() or time.monotonic() > until:
            processes.end(process, 0.2)
            return False
        time.sleep(0.01)
    return True


def run(command, log, limit_s, stop=lambda: False, env=()):
    """True: it has ended by itself, whatever its exit code. False: it was ended, or cannot be started."""
    try:
        return wait(processes.start(command, log, env), limit_s, stop)
    except OSError:
        return False


def covered(text):
    """(edges that all inputs reach, edges that there are), by a merge's log."""
    done = [number(n) for n in re.findall(r"^#\d+\s+DONE\s+cov: (\d+)", text, re.M)]
    return max(done, default=0), number("".join(re.findall(r"\((\d+) inline 8-bit counters\)", text)[:1]))


def is_done(text):
    return "MERGE-OUTER: successful" in text and "new files with" in text


def merge(build, driver, into, folders, work, limit_s, stop=lambda: False):
    """Adds to `into` the smallest inputs of `folders` that reach what nothing there reaches. An input that fails is left out
    and told; libFuzzer goes on behind it in another process."""
    work.mkdir(parents=True, exist_ok=True)
    found, control, log = work / "found", work / "control", work / "log"
    found.mkdir(exist_ok=True)
    control.unlink(missing_ok=True)
    command = [str(libfuzzer.program(build, driver)), "-merge=1", f"-merge_control_file={control}", "-timeout=10", "-rss_limit_mb=2560",
               f"-max_len={LONGEST_BYTES}", f"-artifact_prefix={found}/", str(into), *map(str, folders)]
    result = Merged()
    ended = run(command, log, limit_s, stop, libfuzzer.SANITIZERS)
    text = read_text(log)
    result.failing = [Path(p) for p in files_of(found)]
    result.good = ended and is_done(text)
    result.coverage, result.edges = covered(text)
    if not result.good:
        result.why = "interrupted" if stop() else last_lines(text, 2) if ended else f"not done in {limit_s:.0f} s"
    return result


def tuples(build, driver, folder, out, limit_s, stop):
    """What AFL++ tells apart: name of a file -> edges with classes of counts. Empty: it cannot be asked."""
    out.mkdir(parents=True, exist_ok=True)
    command = ["afl-showmap", "-q", "-i", str(folder), "-o", str(out), "-t", "5000", "--", str(afl.program(build, "afl", driver))]
    if not run(command, out.parent / "showmap.log", limit_s, stop, afl.ENVIRONMENT):
        return {}
    result = {}
    for path in files_of(out):
        with open(path, encoding="ascii", errors="replace") as file:
            result[Path(path).name] = frozenset(file.read().split())
    return result


def add_for_afl(build, driver, into, folders, work, limit_s, stop=lambda: False):
    """As afl-cmin chooses, the smallest first, but with what is in `into` as given. How many files were added."""
    until = time.monotonic() + limit_s
    seen = set()
    for reached in tuples(build, driver, into, work / "map.0", limit_s, stop).values():
        seen |= reached
    count = 0
    for number, folder in enumerate(folders, 1):
        if not seen or time.monotonic() > until:
            break
        reached = tuples(build, driver, folder, work / f"map.{number}", max(1, until - time.monotonic()), stop)
        for path in sorted(files_of(folder), key=lambda p: Path(p).stat().st_size):
            new = reached.get(Path(path).name, frozenset()) - seen
            if new:
                seen |= new
                count += put(Path(path).read_bytes(), into)
    return count


def new_edges(control):
    """Edges that no input of the first folder reaches, by libFuzzer's control file: name of a file -> how many."""
    lines = read_text(control, 64_000_000).splitlines()
    if len(lines) < 2 or not lines[0].isdigit() or not lines[1].isdigit():
        return {}
    count, first = int(lines[0]), int(lines[1])
    names, known, result = lines[2:2 + count], set(), {}
    for line in lines[2 + count:]:
        words = line.split()
        if words[:1] != ["COV"]:
            continue
        at, edges = int(words[1]), set(words[2:])
        if at >= first and edges - known:
            result[names[at]] = len(edges - known)
        known |= edges
    return result


def tool(command, limit_s=60, stop=lambda: False):
    """A tool of the suite: (it ended with 0, its output). One that hangs, or is stopped, is one that failed."""
    with tempfile.NamedTemporaryFile() as log:
        try:
            process = processes.start([str(word) for word in command], log.name)
        except OSError as error:
            return False, str(error)
        good = wait(process, limit_s, stop)
        return good and process.returncode == 0, read_text(log.name, 64_000_000)
