#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""access.py BUILD WORK: who may do what, multiplied out: every cell of the columns below on real processes.

What each cell owes is decided by rows of docs/contract.md, in decide(). Each row must decide a cell, and of each column two values
must make a difference. Needs root, and mount namespaces: the service sees databases of its own. One line for each service; ends
with 1 at the first cell that is answered otherwise.
"""

import itertools
import os
import socket
import struct
import subprocess
import sys

BUILD, WORK = sys.argv[1:]
SERVER, OTHER, GROUP, ELSEWHERE = 4001, 4002, 4101, 4102  # users and groups by number; none is in a real database

COLUMNS = {
    "group": ("default", "named"),
    "databases": ("whole", "renumbered", "without"),
    "accounts": (False, True),
    "mode": ("normal", "restore"),
    "transport": ("ncalrpc", "tcp"),
    "peer": ("root", "own user", "member", "supplementary member", "other"),
    "identity": ("none", "right", "right in a domain", "wrong password", "unknown name"),
}
CONFIGURATION = list(COLUMNS)[:4]
PEERS = {  # user, group, supplementary groups
    "root": (0, 0, []),
    "own user": (SERVER, OTHER, []),
    "member": (OTHER, GROUP, []),
    "supplementary member": (OTHER, OTHER, [GROUP]),
    "other": (OTHER, OTHER, []),
}
IDENTITIES = {  # user, domain, password
    "right": ("alice", "", "open sesame"),
    "right in a domain": ("bob", "CORP", "open barley"),
    "wrong password": ("alice", "", "open barley"),
    "unknown name": ("bob", "", "open barley"),
}
NUMBERS = {"whole": GROUP, "renumbered": ELSEWHERE, "without": None}  # of the group in the database

ACCESS_DENIED, HR_NYI, HR_COULD_NOT_CONNECT = 5, 0xC0000001, 0xC7FF0007
MISMATCH = 0x1C00001A
CONTEXT, KNOWN = b"\0" * 20, b"\0" * 8
NAME = struct.pack("<III", 2, 0, 2) + "a\0".encode("utf-16-le")
INTERFACES = {
    "backup": ("700decec", "03a6", "d011", "96b100a0c91ece30"),
    "restore": ("3acfe016", "04a6", "d011", "96b100a0c91ece30"),
    "inspect": ("526a1f5b", "0e3c", "574b", "9d3a0f2c84b7e6d1"),
    "mgmt": ("80bda8af", "8a7d", "c911", "bef408002b102989"),
}
# Interface, number, stub; what is answered to who may call: a result, or a fault.
OPERATIONS = [
    ("backup", 0, struct.pack("<II", 0, 1), ("result", 0)),
    ("backup", 1, CONTEXT, ("fault", MISMATCH)),
    ("backup", 2, CONTEXT + KNOWN, ("fault", MISMATCH)),
    ("backup", 3, CONTEXT + KNOWN + NAME + struct.pack("<I", 4096), ("fault", MISMATCH)),
    ("backup", 4, CONTEXT + KNOWN + b"\0" * 4 + struct.pack("<QI", 0, 4096), ("fault", MISMATCH)),
    ("backup", 5, CONTEXT + KNOWN + b"\0" * 4 + struct.pack("<Q", 0), ("fault", MISMATCH)),
    ("backup", 6, CONTEXT + KNOWN, ("fault", MISMATCH)),
    ("backup", 7, CONTEXT + KNOWN, ("fault", MISMATCH)),
    ("backup", 8, b"", ("result", 0)),
    ("restore", 0, b"", ("result", 0)),
    ("restore", 1, struct.pack("<III", 0, 0, 0), ("result", 0)),
    ("restore", 2, CONTEXT + struct.pack("<IIIIII", 0, 0, 0, 0, 1, 2), ("fault", MISMATCH)),
    ("restore", 3, CONTEXT + struct.pack("<I", 0), ("fault", MISMATCH)),
    ("restore", 4, CONTEXT, ("fault", MISMATCH)),
    ("restore", 5, CONTEXT, ("fault", MISMATCH)),
    ("restore", 6, struct.pack("<I", 7), ("result", 0)),
    ("restore", 7, b"", ("result", HR_NYI)),
    ("inspect", 0, b"", ("result", 0)),
    ("mgmt", 2, b"", ("result", 1)),
]

ROWS = ("access.peer", "access.account", "access.denied", "access.identity-over-tcp", "access.tcp", "access.socket",
        "access.group-unknown", "access.management")


def decide(cell):
    """The rows of docs/contract.md that decide a cell, and what happens: "no start", "no connection", "refused bind", or whether
    the operations are "allowed" or "denied"."""
    number = NUMBERS[cell["databases"]]
    if number is None and cell["group"] == "named":
        return "access.group-unknown", "no start"
    _, primary, others = PEERS[cell["peer"]]
    trusted = cell["peer"] in ("root", "own user") or (number is not None and number in [primary, *others])
    if cell["transport"] == "tcp":
        return ("access.tcp", "allowed") if cell["identity"] == "none" else ("access.identity-over-tcp", "refused bind")
    if not trusted and not cell["accounts"]:
        return "access.socket", "no connection"
    if cell["identity"] == "none":
        return ("access.peer", "allowed") if trusted else ("access.denied", "denied")
    if cell["identity"].startswith("right") and cell["accounts"]:
        return "access.account", "allowed"
    return "access.denied", "denied"


def owed(decision, operation, mode):
    interface, number, _, answer = operation
    if interface == "mgmt":
        return "access.management", answer
    if decision == "denied":
        return "access.denied", ("result", ACCESS_DENIED)
    if mode == "restore" and (interface, number) == ("backup", 0):
        return "prepare.offline", ("result", HR_COULD_NOT_CONNECT)
    return None, answer


# A client of the wire ----------------------------------------------------------------------------------------


def bind_pdu(interface, identity):
    low, middle, high, rest = INTERFACES[interface]
    ndr = bytes.fromhex("045d888aeb1cc9119fe808002b104860") + struct.pack("<I", 2)
    body = struct.pack("<HHIB3xHBx", 4280, 4280, 0, 1, 0, 1) + bytes.fromhex(low + middle + high + rest) + struct.pack("<I", 1) + ndr
    value = b"".join(part.encode() + b"\0" for part in IDENTITIES[identity]) if identity != "none" else b""
    trailer = struct.pack("<BBBxI", 0xD5, 2, 0, 0) + value if value else b""
    return struct.pack("<BBBBIHHI", 5, 0, 11, 3, 0x10, 16 + len(body) + len(trailer), len(value), 1) + body + trailer


def receive(connection):
    data = b""
    while len(data) < 16 or len(data) < struct.unpack_from("<H", data, 8)[0]:
        more = connection.recv(65536)
        if not more:
            return None
        data += more
    return data


def ask(connection, call_id, number, stub):
    head = struct.pack("<BBBBIHHI", 5, 0, 0, 3, 0x10, 24 + len(stub), 0, call_id) + struct.pack("<IHH", len(stub), 0, number)
    connection.sendall(head + stub)
    answer = receive(connection)
    if answer is None:
        return "closed", None
    if answer[2] == 3:
        return "fault", struct.unpack_from("<I", answer, 24)[0]
    return "result", struct.unpack_from("<I", answer, len(answer) - 4)[0]


def try_operations(service, cell):
    """What became of it, and the answers by operation."""
    answers, call_id, connections = {}, 1, {}
    for operation in OPERATIONS:
        interface, number, stub, _ = operation
        if interface not in connections:
            local = cell["transport"] == "ncalrpc"
            connection = socket.socket(socket.AF_UNIX if local else socket.AF_INET)
            try:
                connection.connect(service.path if local else ("127.0.0.1", service.port))
            except PermissionError:
                return "no connection", {}
            connection.sendall(bind_pdu(interface, cell["identity"]))
            answer = receive(connection)
            if answer is None or answer[2] == 13:
                return "refused bind", {}
            connections[interface] = connection
        call_id += 1
        answers[interface, number] = ask(connections[interface], call_id, number, stub)
    return "answered", answers


def try_as(service, cell):
    """The same in a process of that peer's."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        status = 1
        try:
            user, group, others = PEERS[cell["peer"]]
            os.setgroups(others)
            os.setresgid(group, group, group)
            os.setresuid(user, user, user)
            os.write(writing, repr(try_operations(service, cell)).encode())
            status = 0
        finally:
            os._exit(status)
    os.close(writing)
    with open(reading, "rb") as pipe:
        text = pipe.read()
    _, status = os.waitpid(child, 0)
    assert status == 0, "the client of %r died" % cell
    return eval(text)  # pylint: disable=eval-used # of our own repr()


# Services -----------------------------------------------------------------------------------------------------


class Service:
    """ntdsbsrvd with databases of its own, as a user of its own."""

    def __init__(self, configuration):
        self.path = os.path.join(WORK, "run", "socket")
        number = NUMBERS[configuration["databases"]]
        name = "operators" if configuration["group"] == "named" else "backup"
        others = "root:x:0:\nother:x:%d:\n" % OTHER
        write("group", others if number is None else others + "%s:x:%d:\n" % (name, number))
        write("passwd", "" if number is None else "root:x:0:0::/:/bin/sh\nserver:x:%d:%d::/:/bin/sh\n" % (SERVER, OTHER))
        options = ["--store", os.path.join(WORK, "store"), "--socket", self.path, "--insecure-tcp-loopback", "0"]
        options += ["--group", name] if configuration["group"] == "named" else []
        options += ["--accounts", os.path.join(WORK, "accounts")] if configuration["accounts"] else []
        options += ["--restore-mode"] if configuration["mode"] == "restore" else []
        groups = "%d,%d" % (GROUP, ELSEWHERE)
        inside = 'mount --bind "$0/group" /etc/group && mount --bind "$0/passwd" /etc/passwd && exec setpriv --reuid %d --regid %d' \
            ' --groups %s -- "$@"' % (SERVER, OTHER, groups)
        self.process = subprocess.Popen(
            ["unshare", "--mount", "sh", "-c", inside, WORK, os.path.join(WORK, "run", "ntdsbsrvd"), *options],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        self.started = line.startswith("ntdsbsrvd ready ")
        if self.started:
            self.port = int(line.partition("ncacn_ip_tcp:")[2].partition("[")[2].partition("]")[0])
        else:
            self.said = self.process.stderr.read()

    def stop(self):
        self.process.terminate()
        assert self.process.wait() == (0 if self.started else 2), self.process.returncode
        self.process.stdout.close()
        self.process.stderr.close()


def write(name, text):
    with open(os.path.join(WORK, name), "w", encoding="ascii") as file:
        file.write(text)


def cells_of(configuration):
    for values in itertools.product(*list(COLUMNS.values())[4:]):
        yield dict(configuration, **dict(zip(list(COLUMNS)[4:], values)))


def fail(cell, what):
    sys.exit("not ok - %s: %s" % (", ".join("%s %s" % pair for pair in cell.items()), what))


def check_cell(service, cell, deciding):
    row, decision = decide(cell)
    deciding[row] = deciding.get(row, 0) + 1
    outcome, answers = try_as(service, cell)
    if outcome != (decision if decision in ("no connection", "refused bind") else "answered"):
        fail(cell, "%s instead of %s (%s)" % (outcome, decision, row))
    for operation in OPERATIONS if answers else ():
        own_row, answer = owed(decision, operation, cell["mode"])
        deciding[own_row or row] = deciding.get(own_row or row, 0) + 1
        if answers[operation[:2]] != answer:
            fail(cell, "%s %d answers %r instead of %r (%s)" % (*operation[:2], answers[operation[:2]], answer, own_row or row))
    return 1


def check_columns():
    """Each column decides: two cells that differ in it alone, and in what is owed."""
    def verdict(cell):
        decision = decide(cell)[1]
        return decision, [owed(decision, operation, cell["mode"])[1] for operation in OPERATIONS]
    cells = [dict(zip(COLUMNS, values)) for values in itertools.product(*COLUMNS.values())]
    for column, values in COLUMNS.items():
        if not any(verdict(dict(cell, **{column: value})) != verdict(cell) for cell in cells for value in values):
            sys.exit("not ok - the column %s decides nothing" % column)
    print("ok - each of %d columns decides, in a table of %d cells and %d operations" % (len(COLUMNS), len(cells), len(OPERATIONS)))


def main():
    check_columns()
    deciding = {}
    for values in itertools.product(*(COLUMNS[name] for name in CONFIGURATION)):
        configuration = dict(zip(CONFIGURATION, values))
        service = Service(configuration)
        if not service.started:
            if any(decide(cell)[1] != "no start" for cell in cells_of(configuration)) or "there is no such group" not in service.said:
                fail(configuration, "the service does not start: " + service.said)
            deciding["access.group-unknown"] = deciding.get("access.group-unknown", 0) + 1
            count = 0
        else:
            count = sum(check_cell(service, cell, deciding) for cell in cells_of(configuration))
        service.stop()
        print("ok - %s: %s" % (", ".join("%s %s" % pair for pair in configuration.items()), "%d cells" % count if count else "no start"))
        sys.stdout.flush()
    for row in ROWS:
        if row not in deciding:
            sys.exit("not ok - the row %s decides nothing" % row)
    print("decided: " + ", ".join("%s %d" % pair for pair in sorted(deciding.items())))


if __name__ == "__main__":
    main()
