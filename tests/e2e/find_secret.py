#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""find_secret.py PID TEXT...: where the memory of a running process, or a FILE in place of PID, holds one of the texts.

Each is searched as UTF-8 and as UTF-16. A line for each place: "guarded NAME" if the pages there are locked and left out of core
dumps, "open NAME" otherwise; NAME is the mapping's. As the last line "searched N bytes". Exit code 1: the process cannot be read.
"""

import re
import sys


def mappings(pid):
    """(start, end, name, guarded) of what can be read."""
    found = None
    with open(f"/proc/{pid}/smaps", encoding="utf-8", errors="replace") as smaps:
        for line in smaps:
            head = re.match(r"([0-9a-f]+)-([0-9a-f]+) (\S+) \S+ \S+ \S+\s*(.*)", line)
            if head:
                found = head
            elif line.startswith("VmFlags:") and found[3].startswith("r") and not found[4].startswith("[v"):
                flags = line.split()[1:]
                yield int(found[1], 16), int(found[2], 16), found[4] or "anonymous", "lo" in flags and "dd" in flags


def pieces(pid):
    """(bytes, name, guarded); a piece begins with the end of the one before it in its mapping."""
    size, overlap = 1 << 22, 1 << 12
    if not pid.isdigit():
        with open(pid, "rb") as file:
            yield file.read(), pid, False
        return
    with open(f"/proc/{pid}/mem", "rb", buffering=0) as memory:
        for start, end, name, guarded in mappings(pid):
            if end - start > 1 << 32:
                continue  # the shadow of a sanitizer
            kept = b""
            while start < end:
                try:
                    memory.seek(start)
                    piece = memory.read(min(size, end - start))
                except (OSError, OverflowError):
                    piece = b""
                if not piece:
                    break  # a page that is not there: beyond the end of a file
                yield kept + piece, name, guarded
                kept = piece[-overlap:]
                start += len(piece)


def main():
    texts = [form for text in sys.argv[2:] for form in (text.encode(), text.encode("utf-16-le"))]
    searched, found = 0, set()
    for piece, name, guarded in pieces(sys.argv[1]):
        searched += len(piece)
        if any(text in piece for text in texts):
            found.add(("guarded " if guarded else "open ") + name)
    for line in sorted(found):
        print(line)
    print(f"searched {searched} bytes")


if __name__ == "__main__":
    try:
        main()
    except OSError as error:
        sys.exit(f"find_secret.py: {error}")
