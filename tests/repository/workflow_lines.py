#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""
workflow_lines.py WORK

Runs every shell line of examples/ci/*.yml as the services would: in a clean clone (WORK/clone), with the variables of
the file, once for each row of its matrix. A line that both files have in the same words is run once; a campaign is cut
to 20 seconds. Afterwards every file and folder that the jobs hand over must be there.
"""
import os
import re
import subprocess
import sys

import yaml

TOP = os.path.abspath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))


def load(name):
    with open(os.path.join(TOP, "examples", "ci", name), encoding="utf-8") as f:
        return yaml.safe_load(f)


def github():
    """Yields (variables, lines, paths) of each job."""
    file = load("github.yml")
    job = file["jobs"]["rundown"]
    for row in job["strategy"]["matrix"]["include"]:
        variables = dict(file["env"], COMMAND=row["command"])
        lines = [step["run"] for step in job["steps"] if "run" in step]
        texts = [step["with"].get(key, "") for step in job["steps"] if "with" in step for key in ("path", "sarif_file")]
        handed = re.sub(r"\$\{\{ env\.RUNDOWN \}\}/", "", "\n".join(texts)).split("\n")
        yield variables, lines, [path.strip() for path in handed if "build/report" in path]


def gitlab():
    file = load("gitlab.yml")
    job = file["rundown"]
    for command in job["parallel"]["matrix"][0]["COMMAND"]:
        handed = job["artifacts"]["paths"] + [job["artifacts"]["reports"]["junit"]]
        yield (
            dict(file["variables"], COMMAND=command),
            job["before_script"] + job["script"] + job["after_script"],
            [p.replace("$RUNDOWN/", "") for p in handed if "build/report" in p],
        )


def main():
    work = sys.argv[1]
    clone = os.path.join(work, "clone")
    subprocess.run(["git", "clone", "-q", TOP, clone], check=True)
    done, failed = set(), 0
    for variables, lines, handed in [*github(), *gitlab()]:
        command = re.sub(r"--seconds \d+", "--seconds 20", variables["COMMAND"])
        for line in lines:
            known = (line, command if "$COMMAND" in line else None)
            # What is reported after each command is another thing each time, but the line is the same.
            if known in done:
                continue
            done.add(known)
            environment = dict(os.environ, HOME=work, CI="true", RUNDOWN=".", COMMAND=command)
            for name in ("CMAKE_C_COMPILER_LAUNCHER", "CMAKE_CXX_COMPILER_LAUNCHER"):
                environment[name] = variables[name]
            environment.setdefault("CCACHE_DIR", os.path.join(work, "ccache"))
            result = subprocess.run(
                ["bash", "-eo", "pipefail", "-c", line],
                cwd=clone,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                check=False,
            )
            said = f"{line}" + (f"   COMMAND={command}" if "$COMMAND" in line else "")
            if result.returncode != 0:
                failed += 1
                print(f"not ok - {said}: exit code {result.returncode}\n{result.stdout[-3000:]}")
            else:
                print(f"ok - {said}")
        for path in handed:
            if not os.path.exists(os.path.join(clone, path)):
                failed += 1
                print(f"not ok - {path} is handed over, but is not there")
    print(f"{len(done)} lines, {failed} failed")
    return 0 if done and failed == 0 else 1


if __name__ == "__main__":
    sys.exit(main())
