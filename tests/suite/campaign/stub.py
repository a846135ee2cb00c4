#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Stands for the engines and the suite's own tools, by the name that it is called with: fuzz_DRIVER, afl-fuzz, afl-showmap,
rundown, replay_DRIVER. It says what they say. An input with the word FAIL shows a finding, "FAIL x" one of the cause x.

What an engine does besides running for its time stands in the file $STUB/DRIVER-ENGINE, words divided by blanks:
find (once: an input that shows a finding is saved), die (it ends without a word), die-once, deaf (signals do not end it),
slow-merge (merging never ends), short (it says that it ran half of the time), fill (it fills the disk)."""
import contextlib
import hashlib
import os
import re
import signal
import sys
import time
from pathlib import Path

NAME, WORDS = Path(sys.argv[0]).name, sys.argv[1:]
STOPPED = []


def options():
    return dict(w[1:].split("=", 1) for w in WORDS if w.startswith("-") and "=" in w)


def behaviour(driver, engine):
    path = Path(os.environ["STUB"]) / f"{driver}-{engine}"
    return path.read_text().split() if path.exists() else []


def once(driver, engine, what):
    """True the first time."""
    path = Path(os.environ["STUB"]) / f"{driver}-{engine}.{what}"
    there = path.exists()
    path.touch()
    return not there


def listen(deaf):
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN if deaf else lambda n, _: STOPPED.append(n))


def say(text):
    print(text, flush=True)


def count(executions):
    if "RUNDOWN_STATS" in os.environ:
        with contextlib.suppress(OSError):
            Path(os.environ["RUNDOWN_STATS"]).write_bytes(executions.to_bytes(8, "little"))


def fill(folder):
    """Until the disk is full, but for a little."""
    try:
        with open(Path(folder) / "filling", "wb", buffering=0) as file:
            while True:
                file.write(bytes(1 << 20))
    except OSError as error:
        say(f"stub: {error}")


def merge(words):
    into, *others = [Path(w) for w in words if not w.startswith("-")]
    prefix, new = options().get("artifact_prefix", "./"), 0
    known = {p.read_bytes() for p in into.iterdir() if p.is_file()}
    control = [str(p) for p in into.iterdir()]
    first = len(control)
    for path in [p for folder in others for p in sorted(folder.iterdir()) if p.is_file()]:
        data = path.read_bytes()
        if b"FAIL" in data:
            Path(f"{prefix}crash-{hashlib.sha1(data).hexdigest()}").write_bytes(data)
        elif data not in known:
            known.add(data)
            control.append(str(path))
            (into / hashlib.sha1(data).hexdigest()).write_bytes(data)
            new += 1
    lines = [str(len(control)), str(first), *control, *(f"COV {i} {i}" for i in range(len(control)))]
    Path(options()["merge_control_file"]).write_text("\n".join(lines) + "\n")
    say(f"INFO: Loaded 1 modules   (100 inline 8-bit counters): 100 [0x1, 0x2),\n#{len(control)}\tDONE  cov: 42 ft: 99 exec/s: 0 rss: 40Mb")
    say(f"MERGE-OUTER: successful in 1 attempt(s)\nMERGE-OUTER: {new} new files with {new} new features added; {new} new coverage edges")


def libfuzzer():
    driver = NAME.removeprefix("fuzz_")
    if "-merge=1" in WORDS:
        while "slow-merge" in behaviour(driver, "libfuzzer"):
            time.sleep(1)
        return merge(WORDS)
    does, seconds = behaviour(driver, "libfuzzer"), int(options()["max_total_time"])
    corpus = [w for w in WORDS if not w.startswith("-")][0]
    listen("deaf" in does)
    if "die" in does or ("die-once" in does and once(driver, "libfuzzer", "died")):
        sys.exit(3)
    began, executions = time.monotonic(), 0
    while time.monotonic() - began < seconds and not STOPPED:
        time.sleep(0.1)
        executions += 1000
        count(executions)
        if "fill" in does and executions == 10000:
            fill(corpus)
        data = f"found by libfuzzer {executions} {os.getpid()}".encode()
        try:
            (Path(corpus) / hashlib.sha1(data).hexdigest()).write_bytes(data)
        except OSError as error:
            say(f"stub: {error}")
        say(f"#{executions}\tNEW    cov: {40 + executions // 1000} ft: 99 corp: {executions // 1000}/9b lim: 4 exec/s: 0 rss: 40Mb")
        if "find" in does and executions >= 3000 and once(driver, "libfuzzer", "found"):
            crash = b"FAIL a by libfuzzer"
            path = f"{options()['artifact_prefix']}crash-{hashlib.sha1(crash).hexdigest()}"
            Path(path).write_bytes(crash)
            say(f"SIGNATURE: leak:a\n==1== ERROR: libFuzzer: deadly signal\nartifact_prefix='x'; Test unit written to {path}")
            say(f"stat::number_of_executed_units: {executions}\nstat::average_exec_per_sec:     10000")
            sys.exit(77)
    if STOPPED:
        say("==1== libFuzzer: run interrupted; exiting")
    else:
        say(f"Done {executions} runs in {seconds // 2 if 'short' in does else seconds} second(s)")
    say(f"stat::number_of_executed_units: {executions}\nstat::average_exec_per_sec:     10000")
    sys.exit(72 if STOPPED else 0)


def afl_stats(out, seconds, executions, found):
    rows = {"fuzzer_pid": os.getpid(), "run_time": seconds, "execs_done": executions, "execs_per_sec": "10.5", "edges_found": 50,
            "corpus_count": 7, "stability": "100.00%", "saved_crashes": found, "saved_hangs": 0}
    (out / "fuzzer_stats").write_text("".join(f"{key:<18}: {value}\n" for key, value in rows.items()))


def afl_fuzz():
    value = {WORDS[i]: WORDS[i + 1] for i in range(len(WORDS) - 1) if WORDS[i] in ("-i", "-o", "-M", "-S", "-V")}
    driver = Path(WORDS[-1]).name.removeprefix("fuzz_")
    does, seconds = behaviour(driver, "afl"), int(value["-V"])
    out = Path(value["-o"]) / value.get("-M", value.get("-S", "default"))
    for folder in ("queue", "crashes", "hangs"):
        (out / folder).mkdir(parents=True, exist_ok=True)
    listen("deaf" in does)
    if "die" in does:
        say("\x1b[1;91m[-] PROGRAM ABORT : \x1b[0mthe stub was told to die\x1b[0m\n         Location : main(), stub.py:1")
        sys.exit(1)
    if not any(Path(value["-i"]).iterdir()):
        sys.exit("PROGRAM ABORT : no usable test cases")
    owner = os.getpid()
    if os.fork() == 0:  # as its fork server: a session of its own, which signals do not end, but the end of a pipe does
        os.setsid()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        while "deaf" in does or os.getppid() == owner:
            time.sleep(0.1)
        os._exit(0)
    began, executions, found = time.monotonic(), 0, 0
    while time.monotonic() - began < seconds and not STOPPED:
        time.sleep(0.1)
        executions += 1000
        count(executions)
        afl_stats(out, 0, executions, found)
        (out / "queue" / f"id:{executions:06},time:0,op:havoc").write_bytes(f"found by afl {executions}".encode())
        if "find" in does and executions == 3000 and once(driver, "afl", "found"):
            found = 2
            (out / "crashes" / "id:000000,sig:06").write_bytes(b"FAIL a by afl")
            (out / "crashes" / "id:000001,sig:06").write_bytes(b"FAIL b by afl")
    ran = int(time.monotonic() - began + 0.5)
    afl_stats(out, ran // 2 if "short" in does else ran, executions, found)
    say("+++ Testing aborted by user +++" if STOPPED else "+++ Testing aborted programmatically +++\n[!] Time limit was reached")


def rundown():
    command, *words = WORDS
    if command == "pack":
        for path in map(Path, words[1:]):
            if path.read_text().startswith("no program"):
                sys.exit(f"{path}:1:1: expected a call")
            (Path(words[0]) / f"{path.name}.bin").write_bytes(path.read_bytes())
    elif command == "show":
        for path in map(Path, words):
            text = path.read_bytes().decode("latin-1")
            sys.stdout.write(os.environ.get("STUB_LANGUAGE", "") + text + ("" if text.endswith("\n") else "\n"))
    elif command == "decode":
        for path in map(Path, words[1:]):
            path.with_suffix(".txt").write_text(repr(path.read_bytes()))
    elif command == "findings":
        findings(words)
    elif command == "run":
        replay(words)


def findings(words):
    value = {words[i]: words[i + 1] for i in range(len(words) - 1) if words[i].startswith("--")}
    count = 0
    for path in words[-1:]:
        cause = re.search(rb"FAIL (\w+)", Path(path).read_bytes())
        if not cause:
            say(f"{path}: no finding")
            continue
        count += 1
        signature = f"leak:{cause.group(1).decode()}"
        folder = Path(value["--findings"]) / f"{signature.replace(':', '-')}-00000001"
        known = "known since 2026-01-31T12:00:00Z, " if folder.exists() else ""
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "input.bin").write_bytes(Path(path).read_bytes())
        (folder / "report.json").write_text(f'{{"format": "rundown finding", "version": 1, "signature": "{signature}"}}')
        say(f"\n=== finding {count}: {signature} ({value['--driver']}, {known}seen 1 time)")
        say(f"FINDING left behind on the client: 1 resource\nSIGNATURE: {signature}\n\nagain: rundown run {folder}/program.txt")
    say(f"\n1 inputs: {count} findings, 0 of them known; {1 - count} inputs without one")


def replay(words):
    for word in words:
        data = Path(word).read_bytes()
        if b"FAIL" in data:
            say(f"FINDING left behind on the client: {word}")
            sys.exit(1)


def showmap():
    value = {WORDS[i]: WORDS[i + 1] for i in range(len(WORDS) - 1)}
    for path in Path(value["-i"]).iterdir():
        (Path(value["-o"]) / path.name).write_text("000001:1\n")


if NAME.startswith("fuzz_"):
    libfuzzer()
elif NAME.startswith("replay_"):
    replay(WORDS)
else:
    {"afl-fuzz": afl_fuzz, "afl-showmap": showmap, "rundown": rundown}[NAME]()
