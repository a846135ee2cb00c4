#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""reports.py SCHEMA REPORT...

Each REPORT, a report.json, follows SCHEMA, and says of planted bug NN (.../NN/report.json) what is known of it.
Exit code 1: something is not so.
"""
import copy
import json
import os
import re
import sys

import jsonschema

# Of each program: its verdict; where to look first, as function and file; and the first of what is held: what acquired it, and
# which function should have released it.
KNOWN = {
    "01": ("left behind on the client", ("context_open", "target/client/context.c"), ("mem.alloc@context_open#1", "DsBackupEnd")),
    "12": ("swallowed", ("transport_send", "target/rpc/transport.c"), None),
    "37": ("crash", ("parse|unit", "target/client/server_name.c"), None),
    "50": ("double release", ("transport_close", "target/rpc/transport.c"), None),
    "72": ("left behind on the server", ("append", "target/server/store.c"), ("mem.alloc@append#1", "DsBackupGetBackupLogsA")),
    "asserted": ("asserted code", None, None),
}
complaints = 0


def complain(text):
    global complaints
    complaints += 1
    print(f"not ok - {text}")


def is_valid(validator, value):
    return not list(validator.iter_errors(value))


def check_known(path, report):
    name = os.path.basename(os.path.dirname(path))
    verdict, place, held = KNOWN[name]
    first = report["held"][0] if report["held"] else None
    if report["verdict"] != verdict:
        complain(f"{path}: {report['verdict']}, not {verdict}")
    at = report["location"] and (report["location"]["function"], report["location"]["file"])
    if (at is None) != (place is None) or (place and not (re.fullmatch(place[0], at[0]) and place[1] == at[1])):
        complain(f"{path}: look first at {report['location']}, not at {place}")
    if (first and (first["point"], first["release"])) != held:
        complain(f"{path}: holds {first}, not {held}")


def check_lines(path, report):
    lines = report["program"].splitlines()
    for call in report["calls"]:
        if lines[call["line"] - 1] != call["text"]:
            complain(f"{path}: line {call['line']} is not {call['text']!r}")
    if report["call"] and report["call"]["function"] not in report["calls"][report["call"]["index"] - 1]["text"]:
        complain(f"{path}: call {report['call']} is another one")


# Members that version 1 did not have at first: reports that were saved before are still read.
ADDED = {"behind", "profile"}


# A schema that accepts everything shows nothing.
def check_schema(validator, report):
    for member in report.keys() - ADDED:
        less = copy.deepcopy(report)
        del less[member]
        if is_valid(validator, less):
            complain(f"the schema accepts a report without {member}")
    more = dict(report, more=1)
    absolute = dict(report, location={"function": "f", "file": "/root/target/f.c", "line": 1})
    for wrong in (more, absolute, dict(report, version=2), dict(report, found=dict(report["found"], seen=0))):
        if is_valid(validator, wrong):
            complain(f"the schema accepts a wrong report: {wrong}")


def main(schema_path, *paths):
    with open(schema_path, encoding="utf-8") as text:
        schema = json.load(text)
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    for path in paths:
        with open(path, encoding="utf-8") as text:
            report = json.load(text)
        for error in validator.iter_errors(report):
            complain(f"{path}: {error.json_path}: {error.message}")
        check_known(path, report)
        check_lines(path, report)
        check_schema(validator, report)
    return 0 if complaints == 0 and len(paths) >= 5 else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
