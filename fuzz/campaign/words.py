# SPDX-License-Identifier: Apache-2.0
"""What an engine says of a job. Nothing here is concluded from exit codes: afl-fuzz ends with 0 when it has saved crashes."""
from dataclasses import dataclass, field

DONE, FOUND, STOPPED, DIED = "done", "found", "stopped", "died"


@dataclass
class Words:
    executions: int = 0
    seconds: float = 0.0              # of work, as the engine says
    coverage: int = 0                 # edges
    corpus: int = 0                   # inputs
    stability: float | None = None    # percent, of AFL++
    saved: list = field(default_factory=list)  # paths of inputs that show findings
    said: dict = field(default_factory=dict)   # path of such an input -> what was said of its causes

    def add(self, later):
        """The words of a process that ran after this one, in the same job."""
        self.executions += later.executions
        self.seconds += later.seconds
        self.coverage = max(self.coverage, later.coverage)
        self.corpus = later.corpus or self.corpus
        self.stability = self.stability if later.stability is None else later.stability
        self.saved += [path for path in later.saved if path not in self.saved]
        self.said.update(later.said)


def read_text(path, most=4_000_000):
    """The end of a file; nothing if there is none. Bytes that are no text do not matter here."""
    try:
        with open(path, "rb") as file:
            file.seek(0, 2)
            file.seek(max(0, file.tell() - most))
            return file.read().decode("utf-8", "replace")
    except OSError:
        return ""


def last_lines(text, count=6):
    return "\n".join(line.rstrip() for line in text.replace("\r", "\n").splitlines()[-count:] if line.strip())


def counted(path):
    """The driver's own count of executions (RUNDOWN_STATS), the same for every engine."""
    try:
        with open(path, "rb") as file:
            return int.from_bytes(file.read(8), "little")
    except OSError:
        return 0


def number(text, kind=int):
    """Of another program's output: always in the C locale."""
    try:
        return kind(text.strip().rstrip("%"))
    except ValueError:
        return kind(0)
