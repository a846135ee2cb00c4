# SPDX-License-Identifier: Apache-2.0
"""What a campaign is asked for: the command line of `./build.sh fuzz`."""
import argparse
import os
import re
import socket
import sys
import time
from pathlib import Path

DRIVERS = ("session", "handle", "server_pdu", "client_pdu", "ndr")
ENGINES = ("libfuzzer", "afl")
USAGE = 2


class Parser(argparse.ArgumentParser):
    """Says what is wrong, and where help stands; not all of the help."""

    def error(self, message):
        print(f"build.sh: {self.prog}: {message}\nTry: ./build.sh help", file=sys.stderr)
        sys.exit(USAGE)


def whole_number(least, most):
    """A type for argparse: digits alone, within these bounds."""

    def convert(text):
        if not re.fullmatch(r"[0-9]{1,9}", text) or not least <= int(text) <= most:
            raise argparse.ArgumentTypeError(f"a whole number from {least} to {most}, not '{text}'")
        return int(text)

    return convert


def host_name(text):
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,23}", text):
        raise argparse.ArgumentTypeError(f"letters, digits, '_', '.' and '-', up to 24 of them, not '{text}'")
    return text.replace(".", "_")


def own_host():
    return re.sub(r"[^A-Za-z0-9_-]", "_", socket.gethostname().split(".")[0])[:24] or "host"


def places(parser):
    """Where things lie: the same for `fuzz` and `corpus`."""
    parser.add_argument("--build-dir", metavar="DIR", type=Path, default=Path("build"))
    parser.add_argument("--corpus", metavar="DIR", type=Path)
    parser.add_argument("--driver", metavar="D", choices=("all", *DRIVERS), default="all")


def finish(settings):
    settings.build = settings.build_dir
    settings.work = settings.build / "campaign"
    settings.corpus = settings.corpus or settings.build / "corpus"
    settings.drivers = DRIVERS if settings.driver == "all" else (settings.driver,)
    return settings


def parse(words):
    parser = Parser(prog="fuzz", add_help=False, allow_abbrev=False)
    places(parser)
    parser.add_argument("--seconds", metavar="N", type=whole_number(1, 9999999), default=60)
    parser.add_argument("--engine", metavar="E", choices=("both", *ENGINES), default="both")
    parser.add_argument("--seed", metavar="N", type=whole_number(0, 999999999), default=None)
    parser.add_argument("--jobs", metavar="N", type=whole_number(1, 256), default=len(os.sched_getaffinity(0)))
    parser.add_argument("--findings", metavar="DIR", type=Path)
    parser.add_argument("--sync", metavar="DIR", type=Path)
    parser.add_argument("--host", metavar="NAME", type=host_name)
    parser.add_argument("--quiet", action="store_true")
    parser.add_argument("--verbose", action="store_true")
    settings = finish(parser.parse_args(words))
    if settings.quiet and settings.verbose:
        parser.error("--quiet or --verbose, not both")
    settings.engines = ENGINES if settings.engine == "both" else (settings.engine,)
    settings.seed = int(time.time()) % 1000000000 if settings.seed is None else settings.seed
    settings.findings = settings.findings or (Path("findings") if settings.build_dir == Path("build") else settings.build / "findings")
    settings.host = settings.host or (own_host() if settings.sync else "")
    return settings
