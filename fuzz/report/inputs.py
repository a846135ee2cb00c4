# SPDX-License-Identifier: Apache-2.0
"""What a report is made of: results of earlier commands, each of which may be missing."""
import json
from collections import namedtuple
from pathlib import Path

# `content`: None if it is not there or cannot be used; `problem`: why not, or None; `command` makes it.
Input = namedtuple("Input", "name title path command content problem")

# name, what it is, file, its format, the command that makes it
TABLES = (
    ("sweep", "sweep", "sweep.json", "rundown sweep", "./build.sh sweep"),
    ("enumerate", "enumeration", "enumerate.json", "rundown enumerate", "./build.sh enumerate"),
    ("campaign", "campaign", "campaign/campaign.json", "rundown campaign", "./build.sh fuzz"),
    ("coverage", "coverage", "coverage/coverage.json", "rundown coverage", "./build.sh coverage"),
    ("score", "score card", "score/score.json", "rundown score", "./build.sh score"),
    ("bench", "speed", "bench/bench.json", "rundown bench", "./build.sh bench"),
)
VERSION = 1


def load(path, wanted):
    """(content, problem)"""
    try:
        content = json.loads(Path(path).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None, None
    except (OSError, ValueError) as error:
        return None, f"cannot be read: {error}"
    if not isinstance(content, dict) or content.get("format") != wanted:
        return None, f'is not a "{wanted}"'
    if content.get("version") != VERSION:
        return None, f"is version {content.get('version')}, not {VERSION}"
    return content, None


def read_tables(build):
    tables = {}
    for name, title, file, wanted, command in TABLES:
        content, problem = load(build / file, wanted)
        tables[name] = Input(name, title, build / file, command, content, problem)
    return tables


def complaint_of(finding, verdicts, required):
    """Why a report.json cannot be used, or None."""
    lacks = [name for name in required if name not in finding]
    if lacks:
        return f"lacks {', '.join(lacks)}"
    return None if finding["verdict"] in verdicts else f"has the unknown verdict '{finding['verdict']}'"


def read_findings(folder, verdicts, required):
    """([(name, report)], [(name, problem)]), by name. `required`: the members that a report has."""
    good, bad = [], []
    for path in sorted(p for p in folder.glob("*") if p.is_dir()) if folder.is_dir() else []:
        content, problem = load(path / "report.json", "rundown finding")
        problem = complaint_of(content, verdicts, required) if content is not None else problem or "has no report.json"
        if problem is None:
            good.append((path.name, content))
        else:
            bad.append((path.name, problem))
    return good, bad
