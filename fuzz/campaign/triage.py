# SPDX-License-Identifier: Apache-2.0
"""Inputs that show findings: each cause is saved once, by `rundown findings add`, while the campaign goes on.

libFuzzer says the signatures, or a sanitizer's summary, of what it saves; AFL++ says nothing. So an input waits here until it has been looked at: one
of a cause that is known is counted, another one is handed to the suite, which replays, makes smaller and saves it. Inputs
that could not be looked at any more are kept in build/campaign/unexamined, for the next campaign."""
import json
import os
import re
import shutil
import time
from dataclasses import dataclass
from pathlib import Path

from . import processes
from .places import files_of, put, sha1
from .words import read_text

LIMIT_S = 120         # for one input: it is replayed many times while it is made smaller
SIGNATURE = re.compile(r"^SIGNATURE: (.+)$", re.M)
# What `rundown findings add` says of each cause, before its report.
HEADING = re.compile(r"^=== finding \d+: (.+) \((?:\w+), (?:known since ([^,]+), )?seen \d+ times?\)$", re.M)
COUNT = re.compile(r"^\d+ inputs: \d+ findings, .*$", re.M)  # its last line


@dataclass
class Finding:
    driver: str
    signature: str
    folder: str          # its name below findings/, or "" if it could not be saved
    report: str
    by: str              # the job, or the input of the repository
    since: str = ""      # date, if an earlier campaign has saved it
    count: int = 1


class Triage:
    def __init__(self, settings, places, terminal):
        self.settings, self.places, self.terminal = settings, places, terminal
        self.waiting, self.seen, self.findings, self.problems = [], set(), [], []
        self.means = {}  # (driver, what an engine said of a cause) -> the findings that it turned out to be
        self.process, self.batch, self.log, self.until = None, [], settings.work / "run" / "triage.log", 0.0
        self.files = settings.work / "run" / "examined"
        self.unexamined = settings.work / "unexamined"
        # Inputs that were examined, by this campaign or an earlier one: a folder that machines share keeps them.
        self.done = settings.work / "examined"
        self.before = set(read_text(self.done).split("\n"))

    def known(self, signature):
        return next((f for f in self.findings if f.signature == signature), None)

    def counted(self, driver, said):
        """Whether all that was said is known; it is counted."""
        known = [self.means.get((driver, cause)) or [f for f in [self.known(cause)] if f] for cause in said]
        if not known or not all(known):
            return False
        for finding in {id(f): f for found in known for f in found}.values():
            finding.count += 1
        return True

    def offer(self, driver, path, said, by, since=0.0):
        """An input that an engine saved. It is copied: an engine may remove it. False: it was here before, or it is older than
        `since` and was examined then."""
        try:
            data = Path(path).read_bytes()
            key = (driver, sha1(data))
            if key in self.seen or (" ".join(key) in self.before and os.stat(path).st_mtime < since):
                return False
            folder = self.files / driver
            folder.mkdir(parents=True, exist_ok=True)
            put(data, folder)
        except OSError as error:
            self.problem(f"an input that shows a finding cannot be kept: {error}")
            return False
        self.seen.add(key)
        if not self.counted(driver, said):
            self.waiting.append((len(data), driver, folder / key[1], tuple(said), by))
            self.waiting.sort(key=lambda row: row[0])
        return True

    def problem(self, text):
        if text not in self.problems:
            self.problems.append(text)
            self.terminal.say(f"PROBLEM: {text}", always=True)

    def step(self):
        """Goes on with one at a time; never waits."""
        if self.process is not None:
            if self.process.poll() is None and time.monotonic() < self.until:
                return
            if self.process.poll() is None:
                processes.end(self.process, 0.2)
            self.process = None
            self.examined(read_text(self.log))
        self.next()

    def next(self):
        while self.waiting:
            _, driver, path, said, by = self.waiting.pop(0)
            if self.counted(driver, said):
                continue
            self.batch = [(driver, path, said, by)]
            self.until = time.monotonic() + LIMIT_S
            command = self.command(driver, path)
            try:
                self.process = processes.start(["nice", "-n", "5", *command], self.log, symbolizer())
                return
            except OSError as error:
                self.problem(f"findings cannot be examined: {error}")
                self.waiting.append((0, driver, path, said, by))
                return

    def command(self, driver, path):
        return [str(self.settings.build / "asan" / "rundown"), "findings", "--driver", driver, "--findings",
                str(self.settings.findings), "--by", "campaign", "--seed", str(self.settings.seed), "add", str(path)]

    def examined(self, text):
        """What the suite says of an input. If it says nothing that can be understood, the input itself is the finding."""
        driver, path, before, by = self.batch[0]
        self.note(driver, path.name)
        parts = HEADING.split(COUNT.sub("", text))
        found = {signature: (since or "", report.strip()) for signature, since, report in zip(parts[1::3], parts[2::3], parts[3::3])}
        if not found:
            found = {signature: ("", text) for signature in SIGNATURE.findall(text) or before or [f"not shown again:{driver}"]}
        for signature, (since, report) in found.items():
            known = self.known(signature)
            if known:
                known.count += 1
                continue
            folder = self.saved_as(signature) or self.keep(driver, path, signature, text)
            self.findings.append(Finding(driver, signature, folder, report, by, since))
            self.terminal.say(f"FOUND {signature} by {by}" + (f", known since {since}" if since else ""))
        for cause in before:
            self.means[driver, cause] = [self.known(signature) for signature in found]

    def note(self, driver, name):
        try:
            with open(self.done, "a", encoding="ascii") as file:
                file.write(f"{driver} {name}\n")
        except OSError as error:
            self.problem(f"{self.done} cannot be written: {error.strerror}")

    def saved_as(self, signature):
        """The folder with this finding, by its report.json; empty: there is none."""
        for path in sorted(self.settings.findings.glob("*/report.json")):
            try:
                if json.loads(path.read_text(encoding="utf-8")).get("signature") == signature:
                    return path.parent.name
            except (OSError, ValueError, AttributeError):
                continue
        return ""

    def keep(self, driver, path, signature, text):
        """Saves the bytes as they are, with what was said."""
        name = re.sub("-+", "-", re.sub(r"[^A-Za-z0-9._@#-]", "-", signature))[:80] + "-" + path.name[:8]
        folder = self.settings.findings / name
        try:
            folder.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, folder / "input.bin")
            (folder / "report.txt").write_text(f"driver {driver}\n{text}", encoding="utf-8")
            return name
        except OSError as error:
            self.problem(f"{folder} cannot be written: {error.strerror}")
            return ""

    def finish(self, limit_s, stop):
        """Looks at all that wait, as far as the time reaches."""
        until = time.monotonic() + limit_s
        while (self.process is not None or self.waiting) and time.monotonic() < until and not stop():
            self.step()
            time.sleep(0.02)
        self.put_off()

    def put_off(self):
        """What was not looked at is kept for the next campaign. Returns how many."""
        rows = [(driver, path) for _, driver, path, *_ in self.waiting]
        if self.process is not None:
            processes.end(self.process, 0.1)
            self.process = None
            rows += [row[:2] for row in self.batch]
        self.waiting = []
        for driver, path in rows:
            try:
                (self.unexamined / driver).mkdir(parents=True, exist_ok=True)
                put(path.read_bytes(), self.unexamined / driver)
            except OSError as error:
                self.problem(f"{path} is not examined, and cannot be kept: {error.strerror}")
        return len(rows)

    def take_up(self):
        """What an earlier campaign has not looked at. Returns how many."""
        count = 0
        for folder in sorted(self.unexamined.glob("*")):
            for path in files_of(folder):
                if self.offer(folder.name, path, (), "an earlier campaign"):
                    count += 1
                os.unlink(path)
        return count

    def left(self):
        return sum(len(files_of(folder)) for folder in self.unexamined.glob("*"))


def symbolizer():
    path = shutil.which("llvm-symbolizer-14")
    return {"ASAN_SYMBOLIZER_PATH": path} if path else {}
