# SPDX-License-Identifier: Apache-2.0
"""One job: a seat of the plan, run for the time that it was given, however often its engine ends before that."""
import time

from . import afl, libfuzzer, processes
from .words import DIED, DONE, FOUND, STOPPED, Words, counted

START_S = 30        # an engine may need that long to start, besides its time
PATIENCE_S = 1.0    # after an engine that died; doubled each time
MOST_DEATHS = 5     # without a result in between
CURVE_POINTS = 200


class Job:
    """start() once, poll() often, end() when it must. `words` is what the engine has said so far, over all of its processes."""

    def __init__(self, settings, places, seat, seconds, seed):
        self.settings, self.places, self.seat = settings, places, seat
        self.asked, self.seed = seconds, seed
        self.folder = places.job(seat)
        self.words, self.problem, self.curve = Words(), "", []
        self.process, self.log, self.began, self.deaths, self.starts = None, None, 0.0, 0, 0
        self.again_at, self.over = 0.0, False
        self.stats_base, self.afl_base = 0, {}

    @property
    def name(self):
        return f"{self.seat.driver}/{self.seat.name}"

    def start(self, now):
        (self.folder / "found").mkdir(parents=True, exist_ok=True)
        self.began = now
        self.stats_base = counted(self.folder / "stats")
        self.launch(now)

    def left(self, now):
        return self.asked - (now - self.began)

    def launch(self, now):
        self.starts += 1
        self.log = self.folder / f"log.{self.starts}"
        seconds = max(1, round(self.left(now)))
        env = {"RUNDOWN_STATS": str(self.folder / "stats")}
        build, seed = self.settings.build, self.seed + self.starts - 1
        try:
            if self.seat.role.engine == "afl":
                self.afl_base = afl.stats(self.afl_folder())
                command = afl.command(build, self.seat, self.settings.host, self.places.start(self.seat.driver),
                                      self.places.exchange(self.seat.driver), seconds, seed)
                env |= afl.environment(build, self.seat, self.folder)
            else:
                corpora = (self.places.corpus(self.seat.driver), self.places.start(self.seat.driver))
                command = libfuzzer.command(build, self.seat, self.folder, corpora, seconds, seed)
                env |= libfuzzer.SANITIZERS
            self.process = processes.start(command, self.log, env)
        except OSError as error:
            self.process = None
            self.died(now, f"cannot be started: {error.strerror}: {error.filename}")

    def afl_folder(self):
        return self.places.exchange(self.seat.driver) / "afl" / afl.name_of(self.seat, self.settings.host)

    def current(self):
        """Of the process that runs, or has just ended."""
        if self.process is None:
            return Words()
        if self.seat.role.engine == "afl":
            return afl.read(self.afl_folder(), self.afl_base, self.process.pid)
        return libfuzzer.read(self.log)

    def so_far(self):
        words = Words()
        words.add(self.words)
        words.add(self.current())
        return words

    def live_executions(self):
        return max(0, counted(self.folder / "stats") - self.stats_base)

    def poll(self, now):
        """Notices an end, and starts again what should go on."""
        if self.over:
            return
        if self.process is None:
            if self.left(now) < 1:
                self.over = True
            elif now >= self.again_at:
                self.launch(now)
        elif self.process.poll() is not None:
            self.ended(now)
        elif now - self.began > self.asked + START_S + self.asked / 10:
            processes.end(self.process)
            self.ended(now)
            self.over = True

    def ended(self, now):
        adapter = afl if self.seat.role.engine == "afl" else libfuzzer
        outcome, text = adapter.outcome(self.log)
        self.words.add(self.current())
        self.process = None
        if outcome == DIED:
            self.died(now, text or "ended without a word")
        elif outcome == FOUND:
            # A finding does not end a job: another process goes on, from the corpus and with other choices.
            self.deaths = 0
            self.again_at = now
            self.over = self.left(now) < 1
        else:
            self.over = outcome in (DONE, STOPPED)

    def died(self, now, text):
        self.deaths += 1
        self.problem = text
        self.again_at = now + PATIENCE_S * 2 ** (self.deaths - 1)
        self.over = self.deaths > MOST_DEATHS or self.again_at - self.began > self.asked - 1

    def end(self):
        """The process has been ended, with all others; what it said counts."""
        if self.process is not None:
            self.words.add(self.current())
            self.process = None
        self.over = True

    def sample(self, now):
        """A point of the curve; when there are too many, every other one is left out."""
        words = self.so_far()
        executions = max(self.live_executions(), words.executions)
        self.curve.append([round(now - self.began, 1), executions, words.coverage, words.corpus])
        if len(self.curve) > CURVE_POINTS:
            del self.curve[1:-1:2]
        return words, executions


def clock():
    return time.monotonic()
