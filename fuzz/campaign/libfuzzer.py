# SPDX-License-Identifier: Apache-2.0
"""libFuzzer: how it is started, and what its log says."""
import re
from pathlib import Path

from .words import DIED, DONE, FOUND, STOPPED, Words, last_lines, number, read_text

STATUS = re.compile(r"^#(\d+)\s+\w+\s+cov: (\d+) ft: \d+ corp: (\d+)/", re.M)
DONE_IN = re.compile(r"^Done (\d+) runs in (\d+) second", re.M)
UNITS = re.compile(r"^stat::number_of_executed_units: +(\d+)", re.M)
RATE = re.compile(r"^stat::average_exec_per_sec: +(\d+)", re.M)
WRITTEN = re.compile(r"Test unit written to (.+)$", re.M)
# Of what the suite finds its signature; of what a sanitizer finds alone, its summary.
SIGNATURE = re.compile(r"^SIGNATURE: (.+)$", re.M)
SUMMARY = re.compile(r"^(SUMMARY: .+?) *$", re.M)
LONGEST_BYTES = 1156  # 32 calls; only AFL++ makes longer programs

SANITIZERS = {
    "ASAN_OPTIONS": "quarantine_size_mb=1:malloc_context_size=0:detect_leaks=1:handle_abort=1:symbolize=1",
    "UBSAN_OPTIONS": "print_stacktrace=1",
}


def program(build, driver, flavour="libfuzzer"):
    return build / flavour / f"fuzz_{driver}"


def command(build, seat, folder, corpora, seconds, seed):
    """Reads all corpora, writes to the first one, and reloads it: jobs that share it take from each other."""
    options = [f"-max_total_time={seconds}", f"-seed={seed}", f"-max_len={LONGEST_BYTES}", "-len_control=0",
               "-timeout=10", "-rss_limit_mb=2560", "-print_final_stats=1", f"-artifact_prefix={folder / 'found'}/"]
    return [str(program(build, seat.driver, seat.role.flavours[0])), *options, *seat.role.arguments, *map(str, corpora)]


def read(log):
    """What the log of one process says so far."""
    words = Words()
    text = read_text(log)
    status = STATUS.findall(text)
    if status:
        words.executions, words.coverage, words.corpus = map(int, status[-1])
    units = UNITS.findall(text)
    if units:
        words.executions = int(units[-1])
    done = DONE_IN.findall(text)
    if done:
        words.seconds = float(done[-1][1])
    elif units and number("".join(RATE.findall(text)[-1:])):  # a crash is told without a time; in the first second without a rate
        words.seconds = words.executions / number(RATE.findall(text)[-1])
    for path in WRITTEN.findall(text):
        words.saved.append(Path(path))
        words.said[Path(path)] = list(dict.fromkeys(SIGNATURE.findall(text) or SUMMARY.findall(text)))
    return words


def outcome(log):
    """How a process ended, and what it says if that was not as it should."""
    text = read_text(log)
    if WRITTEN.search(text):
        return FOUND, ""
    if DONE_IN.search(text):
        return DONE, ""
    if "libFuzzer: run interrupted" in text:
        return STOPPED, ""
    return DIED, last_lines(text)
