# SPDX-License-Identifier: Apache-2.0
"""python3 -m fuzz.campaign fuzz|flavours|corpus [OPTION...], from the top of the source tree: what `./build.sh fuzz` and
`./build.sh corpus` run; `flavours` prints what they need built.

Exit code 0: nothing was found. 1: a finding, or a job did not do what was asked. 2: wrong usage. 130, 143: interrupted."""
import os
import sys

from . import campaign, corpus, plan, settings


def main(words):
    command, rest = (words[0], words[1:]) if words else ("", [])
    if command == "fuzz":
        return campaign.run(settings.parse(rest))
    if command == "flavours":
        asked = settings.parse(rest)
        print("\n".join(plan.flavours(asked.drivers, asked.engines, asked.jobs)))
        return 0
    if command == "corpus":
        return corpus.run(rest)
    print(__doc__, file=sys.stderr)
    return settings.USAGE


def leave(code):
    """Ends with that code, also where nobody takes what is left to print: Python would end with 120."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(code)


leave(main(sys.argv[1:]))
