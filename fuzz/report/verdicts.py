# SPDX-License-Identifier: Apache-2.0
"""The verdicts of fuzz/run/verdict.def, and which weakness of the Common Weakness Enumeration each one is an instance of."""
import re
from collections import namedtuple

# `section`: where it is explained.
Verdict = namedtuple("Verdict", "name meaning cwe section")

# Where a verdict covers several, the one that holds for all of them. None: what is wrong is the suite, not the target.
CWE = {
    "code": 393,                                # Return of Wrong Status Code
    "asserted code": 393,
    "swallowed": 392,                           # Missing Report of Error Condition
    "state": 664,                               # Improper Control of a Resource Through its Lifetime
    "data": 684,                                # Incorrect Provision of Specified Functionality
    "read count": 130,                          # Improper Handling of Length Parameter Inconsistency
    "wrong output": 684,
    "output not cleared": 665,                  # Improper Initialization
    "invalid handle accepted": 20,              # Improper Input Validation
    "output touched": 20,
    "side effect of an invalid handle": 20,
    "handle issued twice": 694,                 # Use of Multiple Resources with Duplicate Identifier
    "End did not consume the handle": 772,      # Missing Release of Resource after Effective Lifetime
    "handle table": 664,
    "buffer table": 664,
    "time": 834,                                # Excessive Iteration
    "wait without end": 833,                    # Deadlock
    "lock kept": 667,                           # Improper Locking
    "locked twice": 764,                        # Multiple Locks of a Critical Resource
    "unlocked without a lock": 832,             # Unlock of a Resource that is not Locked
    "destroyed while locked": 667,
    "left behind on the client": 772,
    "left behind on the server": 772,
    "double release": 1341,                     # Multiple Releases of Same Resource or Handle
    "release of what was never acquired": 763,  # Release of Invalid Pointer or Reference
    "use after release": 672,                   # Operation on a Resource after Expiration or Release
    "written beyond its end": 787,              # Out-of-bounds Write
    "secret left in memory": 316,               # Cleartext Storage of Sensitive Information in Memory
    "secret sent": 319,                         # Cleartext Transmission of Sensitive Information
    "secret in released memory": 244,           # Improper Clearing of Heap Memory Before Release
    "ledger overflow": 770,                     # Allocation of Resources Without Limits or Throttling
    "the service does not start again": 684,
    "not the same again": 908,                  # Use of Uninitialized Resource
    "crash": 703,                               # Improper Check or Handling of Exceptional Conditions
    "too long to be swept": 834,
    "exit code": 393,
    "not whole": 353,                           # Missing Support for Integrity Check
    "half restored": 460,                       # Improper Cleanup on Thrown Exception
    "second run fails": 459,                    # Incomplete Cleanup
    "wrong answer": 684,
    "malformed output": 684,
    "wrong counts": 664,
    "memory": 789,                              # Memory Allocation with Excessive Size Value
    "status": 684,
    "position": 125,                            # Out-of-bounds Read
    "encode": 684,
    "fixed point": 684,
    "left behind": 401,                         # Missing Release of Memory after Effective Lifetime
    "another outcome": 684,
    "program": None,
    "prologue": None,
}

# Those of scenarios (faults/scenario/findings.c).
CWE_OF_SCENARIOS = {
    "left-behind": 772,
    "grows": 401,
    "released-twice": 1341,
    "used-after-release": 672,
    "misused": 763,
    "swallowed": 392,
    "crash": 703,
    "exited": 705,                              # Incorrect Control Flow Scoping
    "stuck": 834,
    "wrong": 684,
    "not-recovered": 459,
    "not-the-same": 908,
    "not-swept": None,
}


def scenario_verdicts(meanings):
    """By name, from what the JSON of a sweep says of them."""
    section = "docs/your-library.md#your-own-c-library"
    return {name: Verdict(name, meaning, CWE_OF_SCENARIOS.get(name), section) for name, meaning in meanings.items()}


def read_verdicts(root):
    """By name, in the order of the table."""
    text = (root / "fuzz/run/verdict.def").read_text(encoding="utf-8")
    rows = re.findall(r'^VERDICT\(\w+,\s*"([^"]+)",\s*((?:"[^"]*"\s*)+)\)', text, re.MULTILINE)
    return {name: Verdict(name, "".join(re.findall(r'"([^"]*)"', meaning)), CWE.get(name), section_of(name)) for name, meaning in rows}


def section_of(name):
    """The anchor of its section in docs/verdicts.md."""
    return "docs/verdicts.md#" + re.sub(r"[^a-z0-9 -]", "", name.lower()).replace(" ", "-")
