#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# arguments.sh BUILD
#
# Every function with every combination of arguments that are right, wrong in one way or another, or just as large as they may
# be, in each state in which that makes a difference: which of two mistakes is answered, and that none is overlooked behind
# another. What each call must return, says the model.
set -euo pipefail
export LC_ALL=C
build=$(realpath "$1")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() { echo "not ok - $*"; exit 1; }
cd "$work"

python3 - <<'PYTHON'
from itertools import product

CALLS = 200  # of a program; it may have 256
SERVERS = ['"."', '"\\\\\\\\DC1"', "NULL", '""', '"\\\\"', '"a_b"', '"nowhere"', '"dc2.example.test"']
SETTINGS = ["usual", "endpoint-without-colon", "endpoint-of-pipes", "endpoint-without-path", "endpoint-of-port-0", "endpoint-of-port-1",
            "endpoint-on-another-machine", "endpoint-without-address", "timeout-of-no-time", "timeout-in-words"]
HANDLES = ["h", "r", "ended", "h15", "NULL", "-1", "forged(ended, 0x1)", "stale(ended)"]
SIZES = ["0", "1", "8192", "16384", "24575", "24576", "24577", "32768", "0x7fffe000", "0x80000000", "0xffffe000", "0xffffffff"]
FORMS = "AW"
programs = 0


def write(opening, calls, before=()):
    """`before` stands before each call as well."""
    global programs
    lines = [line for call in calls for line in (*before, call)]
    step = CALLS // (len(before) + 1) * (len(before) + 1)
    for start in range(0, len(lines), step):
        programs += 1
        with open(f"{programs}.txt", "w") as out:
            print("rundown 2", *opening, *lines[start:start + step], sep="\n", file=out)


def listed(function, values, *rest, result="", nulls=((),)):
    """The calls of a function: the product of the values of its arguments, and of its outputs that are NULL."""
    for form in FORMS if function[-1] == "_" else [""]:
        name = function.rstrip("_") + form
        for arguments in product(*values):
            for null in nulls:
                yield f"{result}{name}({', '.join([*arguments, *rest, *null])})"


def subsets(*names):
    return [tuple(n for n, wanted in zip(names, chosen) if wanted) for chosen in product([False, True], repeat=len(names))]


# Calls that connect: whatever is set, with an identity or without, whether the service is up or not.
connecting = [
    *listed("DsIsNTDSOnline_", [SERVERS], nulls=subsets("pfNTDSOnline=NULL")),
    *listed("DsSetCurrentBackupLog_", [SERVERS, ["0", "1", "0xfffff", "0x100000", "0xfffffffe", "0xffffffff"]]),
    *listed("DsRestorePrepare_", [SERVERS, ["0", "1", "2", "0x80000000"],
                                  ["b15", "NULL", "nothing(0x1)", "nothing(0x0)", "foreign", "short(b15, 0x1)", "long(b15, 0xfb8)", "long(b15, 0xfb9)"]],
            result="x = "),
    *listed("DsBackupPrepare_", [SERVERS, ["0", "1"], ["FULL", "LOGS_ONLY", "0"]], result="x, t = "),
    *listed("DsBackupPrepare_", [SERVERS, ["0", "1"], ["FULL", "LOGS_ONLY"]], "ppvExpiryToken=NULL", result="x = "),
    *listed("DsBackupPrepare_", [SERVERS, ["0", "1"], ["FULL", "LOGS_ONLY"]], "phbc=NULL", result="t, t = "),
    *listed("DsBackupPrepare_", [SERVERS, ["0", "1"], ["FULL", "LOGS_ONLY"]], "pcbExpiryTokenSize=NULL", result="x, t = "),
]
for world in [], ["world restore-mode"], ["world tcp"]:
    for setting in SETTINGS if world == [] else SETTINGS[:2]:
        for identity in "none", "wrong-password":
            for up in [], ["ServerStop()"]:
                write([*world, f'Configure("{setting}")', f'DsSetAuthIdentityW("{identity}")', *up], connecting)

# Calls on a handle.
SESSIONS = ['ended, b = DsBackupPrepareW(".", 0, FULL)', "DsBackupEnd(ended)", 'h, b = DsBackupPrepareW(".", 0, FULL)',
            'r = DsRestorePrepareW(".", 0, NULL)']
OPEN = 'DsBackupOpenFileW(h, "ntds.dit", 24576)'
LOGS = "l = DsBackupGetBackupLogsW(h)"
names = ['"ntds.dit"', '"edb00001.log"', '"NTDS.DIT"', "NULL", '""', '"\\x80"', '"\\xed\\xb0\\x80"']
opening = list(listed("DsBackupOpenFile_", [HANDLES, names, SIZES], nulls=subsets("pliFileSize=NULL")))
others = [
    *listed("DsBackupRead", [HANDLES, [s for s in SIZES if not s.startswith("0x")]], nulls=subsets("pvBuffer=NULL", "pcbRead=NULL")),
    *listed("DsBackupClose", [HANDLES]),
    *listed("DsBackupTruncateLogs", [HANDLES]),
    *listed("DsBackupEnd", [[h for h in HANDLES if h != "h"]]),
    *listed("DsRestoreEnd", [[h for h in HANDLES if h != "r"]]),
    *listed("DsRestoreRegisterComplete", [HANDLES, ["0", "1", "0xffffffff"]]),
    *listed("DsRestoreRegister_", [HANDLES, ['"store"', '"no-checkpoint"', '"no-log"', '"no-backup-log"', '"null-map"', '"negative-map"',
                                             '"too-long"', '"one-entry-too-many"', '"no-new-name"'],
                                   ["0", "1", "0x100000"], ["0", "2", "0xfffff", "0x100000"]]),
]
for function, output in (("DsBackupGetDatabaseNames_", "pszAttachmentInfo"), ("DsBackupGetBackupLogs_", "pszBackupLogFiles"),
                         ("DsRestoreGetDatabaseLocations_", "pszDatabaseLocationList")):
    others += listed(function, [HANDLES], result="o = ", nulls=[(), ("pcbSize=NULL",), (f"{output}=SET",), (f"{output}=SET", "pcbSize=NULL")])
    others += listed(function, [HANDLES], f"{output}=NULL", nulls=subsets("pcbSize=NULL"))
for state in [], [OPEN], [LOGS]:
    write([*SESSIONS, *state], opening)
    write([*SESSIONS, *state], others)
for token in "NULL", "b15":
    write(["world restore-mode", 'h, b = DsBackupPrepareW("nowhere", 0, FULL)', f'r = DsRestorePrepareW(".", 0, {token})', f'ended = DsRestorePrepareW(".", 0, {token})',
           "DsRestoreEnd(ended)"], others)

# Who somebody is.
identities = ["none", "operator", "no-user", "no-password", "long", "longest", "user-of-1024-bytes", "domain-of-512-characters",
              "password-of-1024-bytes", "not-utf8", "empty", "empty-domain-alone", "every-length"]
for first in identities:
    write([f'DsSetAuthIdentityW("{first}")'],
          [line for form in FORMS for second in identities for line in (f'DsSetAuthIdentity{form}("{second}")', 'DsIsNTDSOnlineW(".")')])
write(["world restore-mode"], listed("DsRestoreCheckExpiryToken",
      [["b15", "NULL", "foreign", "nothing(0x0)", "nothing(0x1)", "nothing(0x1001)", "inside(b15)", "long(b15, 0x1)", "long(b15, 0xfb8)", "long(b15, 0xfb9)",
        *(f"short(b15, {n:#x})" for n in range(72)), *(f"damaged(b15, {n:#x})" for n in range(72))]]))
PYTHON

mapfile -t programs < <(printf '%s\n' ./*.txt | sort -V)
"$build/rundown" run -- "${programs[@]}" >log 2>errors || true
[ ! -s errors ] || { head -n 3 errors; fail "a program is none"; }
if grep -m 1 -B 2 -A 14 '^FINDING ' log; then fail "a combination of arguments is answered otherwise"; fi
ok=$(grep -c '^ok ' log) || true
[ "$ok" = ${#programs[@]} ] || fail "$ok of ${#programs[@]} programs ran"
echo "ok - ${#programs[@]} programs, $(cat -- "${programs[@]}" | grep -c '(') calls"
