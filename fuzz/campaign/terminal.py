# SPDX-License-Identifier: Apache-2.0
"""What a campaign says while it runs: a line that is rewritten on a terminal, else a line now and then."""
import os
import sys
import time

EVERY_S = 10


def width():
    """Columns: $COLUMNS if it is set, else the terminal's, else 80."""
    columns = os.environ.get("COLUMNS", "")
    if columns.isdigit() and int(columns) > 0:
        return int(columns)
    try:
        return os.get_terminal_size(sys.stdout.fileno()).columns or 80
    except (OSError, ValueError):
        return 80


def short(number):
    """At most five characters: 999, 12.3k, 4.5M."""
    for unit in ("", "k", "M", "G", "T"):
        if number < 1000 or unit == "T":
            return f"{number:.0f}{unit}" if unit == "" or number >= 100 else f"{number:.1f}{unit}"
        number /= 1000
    return "?"


def duration(seconds):
    seconds = max(0, int(seconds))
    if seconds < 120:
        return f"{seconds} s"
    hours, minutes = seconds // 3600, seconds // 60 % 60
    return f"{hours} h {minutes:02d} min" if hours else f"{minutes} min {seconds % 60:02d} s"


def progress(parts, columns):
    """The parts that there is room for, the first ones being the most important."""
    line = ""
    for part in parts:
        longer = f"{line}  {part}" if line else part
        if len(longer) > columns - 1:
            break
        line = longer
    return line or parts[0][:max(1, columns - 1)]


class Terminal:
    def __init__(self, quiet=False, verbose=False, out=None):
        self.out = out or sys.stdout
        self.quiet, self.verbose = quiet, verbose
        self.rewrites = self.out.isatty() and os.environ.get("TERM", "dumb") not in ("", "dumb")
        self.shown, self.last = False, 0.0

    def write(self, text):
        """Output that nobody takes any more must not end a campaign."""
        try:
            self.out.write(text)
            self.out.flush()
        except (OSError, ValueError):
            pass

    def clear(self):
        if self.shown:
            self.write("\r\033[K")
            self.shown = False

    def say(self, text, always=False):
        """A line that stays."""
        if always or not self.quiet:
            self.clear()
            self.write(text + "\n")

    def more(self, text):
        if self.verbose:
            self.say(text)

    def due(self):
        """Whether a line that is not rewritten would come now."""
        return not self.quiet and (self.rewrites or time.monotonic() - self.last >= EVERY_S)

    def progress(self, parts):
        if not self.due():
            return
        self.last = time.monotonic()
        line = progress(parts, width())
        if self.rewrites:
            self.write("\r\033[K" + line)
            self.shown = True
        else:
            self.write(line + "\n")
