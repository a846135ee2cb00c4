# SPDX-License-Identifier: Apache-2.0
"""AFL++: how it is started, and what its fuzzer_stats and its log say."""
import glob
import re
from pathlib import Path

from .words import DIED, DONE, STOPPED, Words, last_lines, number, read_text

# An unattended run: no screen, no question, no complaint about a machine that is not tuned. A seed that fails is left out.
# https://aflplus.plus/docs/env_variables/
ENVIRONMENT = {
    "AFL_NO_UI": "1", "AFL_SKIP_CPUFREQ": "1", "AFL_NO_AFFINITY": "1", "AFL_NO_CRASH_README": "1",
    "AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES": "1", "AFL_FORKSRV_INIT_TMOUT": "30000", "AFL_HANG_TMOUT": "5000",
    "AFL_IGNORE_UNKNOWN_ENVS": "1", "AFL_FAST_CAL": "1", "AFL_CMPLOG_ONLY_NEW": "1",
    # An output folder that is there is gone on with; others are asked for inputs at once, then each minute.
    "AFL_AUTORESUME": "1", "AFL_IMPORT_FIRST": "1", "AFL_SYNC_TIME": "1",
    "ASAN_OPTIONS": "abort_on_error=1:symbolize=0:detect_leaks=0:quarantine_size_mb=1:malloc_context_size=0:detect_odr_violation=0",
    "UBSAN_OPTIONS": "halt_on_error=1:abort_on_error=1:symbolize=0",
}
COLOUR = re.compile(r"\x1b\[[0-9;]*[A-Za-z]|\x1b\(.|[\x0e\x0f]")
LONGEST_BYTES = 9220  # of a program: 256 calls
SAVED = ("crashes*/id*", "hangs*/id*")


def program(build, flavour, driver):
    return build / flavour / f"fuzz_{driver}"


def name_of(seat, host):
    """An instance's own name, also among those of other machines."""
    name = seat.name.removeprefix("afl-")
    return f"{host}-{name}" if host else name


def command(build, seat, host, start, place, seconds, seed):
    """`start`: inputs to begin with. `place`: the driver's folder of exchange, in which AFL++ reads the folders of the other
    instances beside its own."""
    name = name_of(seat, host)
    role = ["-M", name, "-F", str(place / "corpus")] if seat.role.name == "main" else ["-S", name]
    cmplog = ["-c", str(program(build, seat.role.flavours[1], seat.driver))] if len(seat.role.flavours) > 1 else []
    return ["afl-fuzz", "-i", str(start), "-o", str(place / "afl"), *role, "-s", str(seed), "-V", str(seconds),
            "-t", "5000+", "-G", str(LONGEST_BYTES), *cmplog, *seat.role.arguments, "--",
            str(program(build, seat.role.flavours[0], seat.driver))]


def environment(build, seat, folder):
    env = dict(ENVIRONMENT, AFL_TMPDIR=str(folder))
    if seat.driver == "session" and seat.role.mutator != "none":
        env["AFL_CUSTOM_MUTATOR_LIBRARY"] = str((build / seat.role.flavours[0] / "librundown_mutator.so").resolve())
        if seat.role.mutator == "alone":
            env["AFL_CUSTOM_MUTATOR_ONLY"] = "1"
    return env


def saved(folder):
    """Inputs that show findings. afl-fuzz may move them meanwhile."""
    return [Path(path) for pattern in SAVED for path in sorted(glob.glob(f"{glob.escape(str(folder))}/{pattern}"))]


def stats(folder):
    """fuzzer_stats as a table; empty if there is none."""
    rows = (line.split(":", 1) for line in read_text(folder / "fuzzer_stats").splitlines() if ":" in line)
    return {key.strip(): value.strip() for key, value in rows}


def read(folder, before, pid):
    """What the process `pid` says so far. `before`: what was said when it started, since a run that is gone on with counts on."""
    now = stats(folder)
    words = Words()
    if number(now.get("fuzzer_pid", "0")) == pid:
        words.executions = max(0, number(now.get("execs_done", "0")) - number(before.get("execs_done", "0")))
        words.seconds = max(0.0, float(number(now.get("run_time", "0")) - number(before.get("run_time", "0"))))
        words.coverage = number(now.get("edges_found", "0"))
        words.corpus = number(now.get("corpus_count", "0"))
        words.stability = number(now["stability"], float) if "stability" in now else None
    words.saved = saved(folder)
    return words


def outcome(log):
    """How a process ended, and what it says if that was not as it should."""
    text = COLOUR.sub("", read_text(log))
    if "Time limit was reached" in text:
        return DONE, ""
    if "Testing aborted by user" in text:
        return STOPPED, ""
    at = text.find("PROGRAM ABORT")
    return DIED, last_lines(text[at:at + 400]) if at >= 0 else last_lines(text)
