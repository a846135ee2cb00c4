#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""bench.py ROWS.TSV OUT.json

Makes bench.json of what speed.sh has measured. ROWS.TSV: NAME, programs (of "scenario, ...": runs) per second, and the same of a driver that does nothing or
nothing; or "seconds", NAME, how long it took; or "instructions", FOLDER, how many of a program are there; or "memory", NAME, megabytes;
or "found", HARNESS, planted bugs that it found, of how many, in how many seconds. The first row is "machine", cores, processor.
"""
import json
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from json_head import head  # pylint: disable=wrong-import-position


def main(rows, out):
    content = {**head("rundown bench"), "cores": None, "processor": None, "rates": [], "durations": [],
               "instructions": {}, "memory": [], "found": []}
    with open(rows, encoding="utf-8") as file:
        for line in file:
            first, *rest = line.rstrip("\n").split("\t")
            if first == "machine":
                content.update(cores=int(rest[0]), processor=rest[1])
            elif first == "seconds":
                content["durations"].append({"what": rest[0], "seconds": float(rest[1])})
            elif first == "instructions":
                content["instructions"][rest[0]] = int(rest[1])
            elif first == "memory":
                content["memory"].append({"what": rest[0], "megabytes": int(rest[1])})
            elif first == "found":
                content["found"].append({"harness": rest[0], "bugs": int(rest[1]), "of": int(rest[2]), "seconds": float(rest[3])})
            else:
                per_second, empty = int(rest[0]), int(rest[1]) if rest[1:] and rest[1] else None
                content["rates"].append({"flavour": first, "programs_per_second": per_second, "empty_per_second": empty})
    if not content["rates"]:
        sys.exit("bench: nothing was measured")
    with open(out, "w", encoding="utf-8") as file:
        json.dump(content, file, indent=1)
        file.write("\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
