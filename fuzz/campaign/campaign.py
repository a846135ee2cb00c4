# SPDX-License-Identifier: Apache-2.0
"""A campaign from beginning to end. It survives findings, inputs of the corpus that fail, engines that vanish, a full disk;
a signal ends it with what there is, and the next one picks up what it has left."""
import contextlib
import fcntl
import glob
import os
import re
import signal
import sys
import time
from pathlib import Path

from . import afl, kept, merge, plan, processes, report, terminal
from .job import Job, clock
from .offers import offers
from .places import Places, copy_new, count_files, files_of, make, remove_tree
from .triage import Triage

POLL_S, EXCHANGE_S, SAMPLE_S = 0.1, 5.0, 1.0
FULL_BYTES = 32 << 20
SHARE_OF_ENDING = 0.1            # of the time, for merging and minimising; bounded
ENDING_S = (5.0, 600.0)
EXAMINE_S = (60.0, 600.0)        # for what has been found and was not examined meanwhile: as long as the campaign, but bounded

# What to do after a campaign, by its verdict.
NEXT = {
    "nothing found": "a longer campaign (--seconds) goes on from here, --driver D looks at one driver; ./build.sh corpus shows what was kept",
    "findings": "the command below `again:` shows a finding again; docs/findings.md says how to read it",
    "not finished": "see the problems above, and the logs",
}


class Campaign:
    def __init__(self, settings):
        self.settings = settings
        self.places = Places(settings)
        self.terminal = terminal.Terminal(settings.quiet, settings.verbose)
        self.triage = Triage(settings, self.places, self.terminal)
        self.signal, self.jobs, self.round_jobs = 0, [], []
        self.failing, self.names, self.taken = [], {}, {driver: set() for driver in settings.drivers}
        self.began, self.full, self.next_exchange, self.next_sample = time.time(), False, 0.0, 0.0

    def stop(self):
        return self.signal != 0

    def problem(self, text):
        self.triage.problem(text)

    @contextlib.contextmanager
    def disk(self):
        """What cannot be written or read is told, once each, and survived."""
        try:
            yield
        except OSError as error:
            self.problem(f"{error.strerror}: {error.filename}" if error.filename else error.strerror or str(error))

    # What is there before an engine starts.

    def take_up(self):
        """What an earlier campaign has left: one that was killed has merged nothing."""
        inputs = found = 0
        for driver in self.settings.drivers:
            message = kept.repair(self.settings.build, self.settings.corpus, driver)
            if message:
                self.terminal.say(message, always=True)
        # What was for drivers that do not run now is kept, too.
        for folder in sorted(self.places.run.glob("*/")):
            driver = folder.name
            if driver not in plan.NEED:
                continue
            self.places.persistent(driver).mkdir(parents=True, exist_ok=True)
            made = [*files_of(folder / "corpus"), *(p for q in folder.glob("afl/*/queue") for p in files_of(q))]
            inputs += copy_new(made, self.places.persistent(driver))
            saved = [p for pattern in ("*/found/*", *(f"afl/*/{s}" for s in afl.SAVED)) for p in sorted(folder.glob(pattern))]
            found += copy_new(saved, make(self.triage.unexamined / driver))
        if inputs:
            kept.write_texts(self.settings.build, self.settings.corpus)
        remove_tree(self.places.run)
        self.places.run.mkdir(parents=True)
        found = self.triage.take_up()
        if inputs or found:
            self.terminal.say(f"Going on where an earlier campaign was ended: {inputs} inputs, {found} that show findings", always=True)

    def replay(self):
        """The corpus of the repository, with the results that it asserts. A failure does not keep a campaign from starting."""
        good, text = merge.tool(["bash", "fuzz/drivers/corpus.sh", "asan", self.settings.build / "asan", "-"], 600, self.stop)
        lines = text.rstrip().splitlines()
        for line in lines:
            match = re.match(r"FAILED in asan: (.*)", line)
            if match:
                self.fails(match.group(1))
        if self.stop():
            return
        self.terminal.say(lines[-1] if lines else "corpus: nothing was replayed")
        if not good and not self.failing:
            self.fails(f"the replay of the corpus: {lines[-1] if lines else 'no output'}")

    def fails(self, text):
        self.failing.append(text)
        self.terminal.say(f"FAILS: {text}", always=True)

    def prepare(self, driver):
        """Inputs that a round begins with: those of the repository, those kept, and of other machines; failing ones left out."""
        places, build = self.places, self.settings.build
        places.make(driver)
        self.names[driver] = kept.seeds(build, driver, places.seeds(driver), Path("."))
        folders = [places.seeds(driver), places.persistent(driver)] + ([places.corpus(driver)] if self.settings.sync else [])
        limit = max(ENDING_S[0], self.settings.seconds * SHARE_OF_ENDING)
        merged = merge.merge(build, driver, places.start(driver), folders, places.driver(driver) / "merge", limit, self.stop)
        if not merged.good and not self.stop():
            self.terminal.more(f"{driver}: inputs are taken as they are: {merged.why}")
            for folder in folders:
                copy_new(files_of(folder), places.start(driver))
        self.leave_out(driver, merged.failing)
        if not count_files(places.start(driver)):
            (places.start(driver) / "nothing").write_bytes(b"\0")
        self.terminal.more(f"{driver}: {count_files(places.seeds(driver))} inputs of the repository, "
                           f"{count_files(places.persistent(driver))} kept; {count_files(places.start(driver))} tell all")

    def leave_out(self, driver, failing):
        for path in failing:
            sha = path.name.rpartition("-")[2]
            source = self.names[driver].get(sha)
            by = source or f"the kept corpus of {driver}"
            if source and not any(text.startswith(f"{source}:") for text in self.failing):
                self.fails(f"{source}: shows a finding under libFuzzer, not in the replay")
            self.triage.offer(driver, path, (), by)
            for folder in (self.places.start(driver), self.places.persistent(driver)):
                with contextlib.suppress(OSError):
                    os.unlink(folder / sha)

    # While engines run.

    def exchange(self, now):
        """AFL++ reads libFuzzer's corpus itself (-F); what AFL++ has found is put there for libFuzzer, which reloads it."""
        if now < self.next_exchange:
            return
        self.next_exchange = now + EXCHANGE_S
        for driver in {job.seat.driver for job in self.round_jobs}:
            self.collect(driver)

    def collect(self, driver):
        queues = sorted(glob.glob(f"{glob.escape(str(self.places.exchange(driver)))}/afl/*/queue"))
        fresh = [p for q in queues for p in files_of(q) if ",sync:" not in p and ",orig:" not in p]
        copy_new(fresh, self.places.corpus(driver), self.taken[driver])

    def look_for_findings(self):
        for job in self.round_jobs:
            words = job.words if job.over else job.so_far()
            for path in words.saved:
                self.triage.offer(job.seat.driver, path, words.said.get(path, ()), job.name, since=self.began)

    def look_at_disk(self):
        full = kept.free_bytes(self.places.run) < FULL_BYTES
        if full and not self.full:
            self.problem("the disk is full: engines cannot save inputs")
        self.full = full

    def show(self, now, round_at, rounds, seconds):
        executions = sum(job.live_executions() for job in self.round_jobs)
        elapsed = max(1.0, now - min((job.began for job in self.round_jobs), default=now))
        words = [job.so_far() for job in self.round_jobs]
        left = max(0.0, max((job.left(now) for job in self.round_jobs if not job.over), default=0.0))
        rest = left + sum(r.seconds for r in rounds[round_at:])
        drivers = ", ".join(dict.fromkeys(job.seat.driver for job in self.round_jobs))
        parts = [f"round {round_at} of {len(rounds)}", f"{terminal.duration(rest)} left", f"{len(self.triage.findings)} found",
                 f"{terminal.short(executions / elapsed)}/s", f"cov {max((w.coverage for w in words), default=0)}", drivers,
                 f"{terminal.short(executions)} executions", f"corpus {sum(w.corpus for w in words)}"]
        if self.triage.waiting:
            parts.insert(3, f"{len(self.triage.waiting)} to examine")
        due = self.terminal.due() and not self.terminal.rewrites
        self.terminal.progress(parts)
        if due and self.terminal.verbose:
            for job, w in zip(self.round_jobs, words):
                self.terminal.say(f"  {job.name}: {max(w.executions, job.live_executions())} executions, cov {w.coverage}, corpus {w.corpus}")

    def tick(self, now):
        with self.disk():
            for job in self.round_jobs:
                job.poll(now)
            self.exchange(now)
        if now >= self.next_sample:
            self.next_sample = now + SAMPLE_S
            for job in self.round_jobs:
                with self.disk():
                    if not job.over:
                        job.sample(now)
            with self.disk():
                self.look_for_findings()
            self.look_at_disk()
            processes.reap({job.process.pid for job in self.round_jobs if job.process} | self.own())
        with self.disk():
            self.triage.step()

    def own(self):
        return {self.triage.process.pid} if self.triage.process else set()

    def run_round(self, number, rounds):
        this = rounds[number - 1]
        drivers = {seat.driver for seat in this.seats}
        with self.disk():
            for driver in drivers:  # what an earlier round of the same driver has found
                copy_new(files_of(self.places.corpus(driver)), self.places.start(driver))
        self.round_jobs = [Job(self.settings, self.places, seat, this.seconds, self.settings.seed + i) for i, seat in enumerate(this.seats)]
        self.jobs += self.round_jobs
        if len(rounds) > 1:
            self.terminal.say(f"Round {number} of {len(rounds)}: {', '.join(dict.fromkeys(s.driver for s in this.seats))}, {this.seconds} s")
        for job in self.round_jobs:
            with self.disk():
                job.start(clock())
        shown = 0.0
        while not self.stop() and not all(job.over for job in self.round_jobs):
            now = clock()
            self.tick(now)
            if now - shown >= 1:
                shown = now
                self.show(now, number, rounds, this.seconds)
            time.sleep(POLL_S)
        if self.stop():
            processes.end_all([job.process for job in self.round_jobs if job.process])
        for job in self.round_jobs:
            job.end() if self.stop() else job.sample(clock())
        self.look_for_findings()
        with self.disk():
            for driver in drivers:
                self.collect(driver)

    # After the last one.

    def finish(self):
        """Merges what was found into what is kept. Does not take long; what it does not do the next campaign does."""
        least, most = ENDING_S
        until = time.monotonic() + min(most, max(least, self.settings.seconds * SHARE_OF_ENDING))
        results = []
        # As much of the time as there are inputs; a few take as long as a start.
        sizes = {d: 100 + count_files(self.places.corpus(d)) + count_files(self.places.persistent(d)) for d in self.settings.drivers}
        for driver in self.settings.drivers:
            share = (until - time.monotonic()) * sizes[driver] / sum(sizes.values())
            del sizes[driver]
            now = "there was no time" if not self.full else "the disk is full"
            with self.disk():
                if share <= 0.1 or self.full or self.stop():
                    self.keep_unmerged(driver)
                else:
                    now = kept.minimise(self.settings, self.places, driver, share, self.stop)
            results.append((driver, now))
        return results

    def keep_unmerged(self, driver):
        copy_new(files_of(self.places.corpus(driver)), make(self.places.persistent(driver)))
        if driver == "session":
            kept.write_texts(self.settings.build, self.settings.corpus)

    def last_words(self, merged, made):
        """What was covered, where things lie, what to do next."""
        say = lambda text="": self.terminal.say(text, always=True)
        for driver, now in merged:
            covered = (f"inputs kept as they are, for the next campaign to minimise: {now}" if isinstance(now, str)
                       else f"{now.coverage} of {now.edges} edges covered, {now.after} inputs kept of {now.before}")
            self.terminal.say(f"{driver}: {terminal.short(report.executions_of(self.jobs, driver))} executions, {covered}")
        where = f"Corpora: {self.settings.corpus}   results: {self.settings.work}/campaign.json   logs: {self.places.run}/DRIVER/JOB"
        self.terminal.say(where)
        if made:
            say("Worth keeping, since they reach code that no input of corpus/ reaches (read one, then `./build.sh corpus add FILE`):")
            for driver, path, edges in made:
                say(f"  {path}   {driver}, {edges} edge{'s' if edges != 1 else ''}")

    def conclude(self, merged=(), made=()):
        """Table, findings, verdict; the exit code. The verdict is the last line."""
        say = lambda text="": self.terminal.say(text, always=True)
        put_off = self.triage.put_off()
        say()
        for line in report.table(self.jobs):
            say(line)
        problems = [f"{job.name}: {p}" for job in self.jobs for p in [job.problem if self.stop() else report.problem_of(job)] if p]
        problems += self.triage.problems
        for text in problems:
            say("PROBLEM: " + text.replace("\n", "\n    "))
        for text in self.failing:
            say("FAILS: " + text)
        for line in report.findings_text(self.triage.findings, self.settings):
            say(line)
        if put_off:
            say(f"{put_off} inputs that show findings are in {self.triage.unexamined}; the next campaign examines them")
        verdict = report.verdict_of(self.stop(), self.triage.findings or put_off, self.failing, problems)
        try:
            report.write_json(self.settings.work / "campaign.json",
                              report.document(self.settings, self.jobs, self.triage.findings, verdict, self.began))
        except OSError as error:
            say(f"PROBLEM: campaign.json cannot be written: {error.strerror}")
            verdict = "not finished" if verdict == "nothing found" else verdict
        if not self.stop():
            self.last_words(merged, made)
            self.terminal.say(f"Next: {NEXT[verdict]}")
        say()
        say(self.sentence(verdict, problems, put_off))
        return 128 + self.signal if self.stop() else int(verdict != "nothing found")

    def sentence(self, verdict, problems, put_off):
        count = len(self.triage.findings)
        if verdict == "interrupted":
            return (f"Interrupted: there is no verdict. {count} distinct finding(s) so far, in {self.settings.findings}/. "
                    f"The next campaign goes on with the inputs that were found.")
        if verdict == "findings":
            fails = f"; {len(self.failing)} of the corpus fail" if self.failing else ""
            later = f"; {put_off} inputs are not examined yet" if put_off else ""
            return f"{count} distinct finding(s) in {self.settings.findings}/{fails}{later}"
        if verdict == "not finished":
            return f"Not finished: {len(problems)} problem(s), and no finding in what was done."
        return "Nothing found."

    def run(self):
        rounds = plan.rounds(self.settings.drivers, self.settings.engines, self.settings.jobs, self.settings.seconds)
        count = sum(len(r.seats) for r in rounds)
        lasting = f"{rounds[0].seconds} s" if len(rounds) == 1 else f"{len(rounds)} rounds, {sum(r.seconds for r in rounds)} s"
        self.terminal.say(f"Campaign: {count} jobs on {self.settings.jobs} cores, {lasting}, seed {self.settings.seed}", always=True)
        with self.disk():
            self.take_up()
        self.replay()
        for driver in self.settings.drivers:
            with self.disk():
                if not self.stop():
                    self.prepare(driver)
        for number in range(1, len(rounds) + 1):
            if not self.stop():
                self.run_round(number, rounds)
        self.terminal.clear()
        if self.stop():
            return self.conclude()
        self.triage.finish(min(EXAMINE_S[1], max(EXAMINE_S[0], self.settings.seconds)), self.stop)
        merged = self.finish()
        made = []
        with self.disk():
            made = [] if self.stop() else offers(self.settings, self.places, self.settings.drivers)
        code = self.conclude(merged, made)
        if not self.stop():
            self.clean_up()
        return code

    def clean_up(self):
        """What has been merged is not merged again by the next campaign; logs stay."""
        for driver in self.settings.drivers:
            for name in ("start", "seeds", "merge", "minimise") + (() if self.settings.sync else ("corpus", "afl")):
                remove_tree(self.places.driver(driver) / name)
            for folder in self.places.run.glob(f"{driver}/*/found"):
                remove_tree(folder)


def claim(settings):
    """Holds build/campaign.lock, unless a caller does (cmake/owned.sh). Another one that holds it is named, and this ends."""
    if "campaign" in os.environ.get("RUNDOWN_CLAIMED", "").split():
        return None
    settings.build.mkdir(parents=True, exist_ok=True)
    lock = open(settings.build / "campaign.lock", "a+", encoding="ascii")  # held until this process ends
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        lock.seek(0)
        print(f"fuzz: another campaign is running in this checkout (process {lock.readline().strip()}); "
              "its results stay as they are", file=sys.stderr)
        sys.exit(1)
    lock.truncate(0)
    lock.write(f"{os.getpid()}\n")
    lock.flush()
    return lock


def run(settings):
    lock = claim(settings)
    processes.adopt()
    campaign = Campaign(settings)

    def note(number, _):
        campaign.signal = campaign.signal or number

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, note)
    signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    try:
        return campaign.run()
    finally:
        processes.end_all([])
        if lock is not None:
            lock.close()
