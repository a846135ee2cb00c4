#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""foreign_client.py PORT STORE: impacket as a client of ntdsbsrvd. One line for each thing that holds; ends with 1 at
the first that does not."""

import os
import struct
import sys

from impacket.dcerpc.v5 import mgmt, rpcrt
from impacket.dcerpc.v5.rpcrt import DCERPCException

from foreign_stubs import *

PORT, STORE = int(sys.argv[1]), sys.argv[2]
READ_BYTES = 65536
NULL_CONTEXT = b"\0" * 20


class Session:
    """A backup, as its client knows it: what the server needs to be told of in every call."""

    def __init__(self, connection):
        self.connection, self.file, self.phase = connection, 0, 0
        reply = connection.request(Prepare, grbit=0, backup_type=1)
        assert reply["result"] == 0, "Prepare: 0x%x" % reply["result"]
        self.context, self.token = reply["context"], b"".join(reply["token"])

    def call(self, stub_class, **values):
        return self.connection.request(
            stub_class, context=self.context, file=self.file, phase=self.phase, **values
        )

    def open(self, name):
        reply = self.call(OpenFile, name=name + "\0", read_hint=READ_BYTES)
        assert reply["result"] == 0, "OpenFile %s: 0x%x" % (name, reply["result"])
        self.file = reply["file"]
        return reply["file_size"]

    def close(self, received):
        reply = self.call(Close, received=received)
        self.file = 0
        return reply["result"]

    def copy(self, name):
        """All of a file, and what reading on at its end says."""
        size, data, result = self.open(name), b"", 0
        while result == 0:
            asked, offset, part, result = self.call(Read, offset=len(data), size=READ_BYTES)
            assert result != 0 or (asked == READ_BYTES and offset == 0 and part)
            data += part
        assert len(data) == size and self.close(size) == 0
        return data, result

    def end(self):
        return self.connection.request(End, context=self.context)


def stored(name):
    with open(os.path.join(STORE, name), "rb") as file:
        return file.read()


def check_bind():
    c = Connection(PORT).bind(BACKUP)
    holds(c.ack["SecondaryAddr"] == str(PORT), "bind: accepted, with the port as the secondary address")
    holds(c.request(Ping)["result"] == 0, "a call on the context of the bind")
    altered = c.alter(RESTORE)
    reply = altered.raw(0, b"")
    holds(struct.unpack("<II", reply) == (1, 0), "alter_context: a second interface on the same connection")
    holds(c.request(Ping)["result"] == 0, "the first one goes on")
    c.drop()
    c = Connection(PORT)
    c.dce.bind(BACKUP, bogus_binds=40)
    holds(c.request(Ping)["result"] == 0, "one interface among forty unknown ones is accepted")
    c.drop()
    for interface, syntax, reason in (
        (NOBODY, ("8a885d04-1ceb-11c9-9fe8-08002b104860", "2.0"), "abstract_syntax_not_supported"),
        (BACKUP, ("71710533-beba-4937-8319-b5dbef9ccc36", "1.0"), "proposed_transfer_syntaxes_not_supported"),
    ):
        c = Connection(PORT)
        try:
            c.dce.bind(interface, transfer_syntax=syntax)
            refusal = ""
        except DCERPCException as error:
            refusal = str(error)
        holds("provider_rejection; " + reason in refusal, "a context is refused: " + reason)
        c.drop()


def check_mgmt():
    c = Connection(PORT).bind(MGMT)
    vector = mgmt.hinq_if_ids(c.dce)["if_id_vector"]["if_id"]
    found = {bytes(entry["Data"]["Uuid"]) + struct.pack("<HH", entry["Data"]["VersMajor"], entry["Data"]["VersMinor"])
             for entry in vector}
    holds(len(vector) == 3 and {BACKUP, RESTORE} < found, "mgmt: inq_if_ids lists the interfaces")
    first, second = (mgmt.hinq_stats(c.dce)["statistics"] for _ in range(2))
    difference = [second[i] - first[i] for i in range(4)]
    holds(difference == [1, 0, 1, 1], "mgmt: inq_stats counts a call, a PDU in and one out: %s" % difference)
    holds(c.raw(2, b"") == struct.pack("<II", 0, 1), "mgmt: is_server_listening")
    try:
        mgmt.hstop_server_listening(c.dce)
        status = 0
    except DCERPCException as error:
        status = error.get_error_code()
    holds(status == 5, "mgmt: stop_server_listening is denied")
    name = c.raw(4, struct.pack("<II", 10, 16))
    holds(name == struct.pack("<IIIB3xI", 16, 0, 1, 0, 1747), "mgmt: inq_princ_name knows no name")
    holds(c.raw(2, b"")[4:] == b"\1\0\0\0", "mgmt: the server listens after all this")
    c.drop()


def check_backup():
    c = Connection(PORT).bind(BACKUP)
    session = Session(c)
    holds(len(session.token) > 0 and session.context != NULL_CONTEXT, "Prepare: a token and a context")
    files = entries_of(session.call(GetAttachmentInformation))
    holds(files == [(BFT_NTDS_DATABASE, "ntds.dit"), (BFT_PATCH_FILE, "empty.pat")],
          "GetAttachmentInformation: database and patch file")
    for _, name in files:
        data, result = session.copy(name)
        holds(data == stored(name) and result == ERROR_HANDLE_EOF, "%s: %d bytes, as stored" % (name, len(data)))
    files = entries_of(session.call(GetBackupLogs))
    session.phase = 1
    logs = ["edb00009.log", "edb0000a.log", "edb0000B.log", "edb.log"]
    holds(files == [(BFT_LOG, name) for name in logs], "GetBackupLogs: in their order, the current one last")
    copies = {name: session.copy(name)[0] for name in logs}
    holds(all(copies[name] == stored(name) for name in logs), "the logs, as stored")
    holds(session.call(TruncateLogs)["result"] == 0 and
          [name for name in logs if os.path.exists(os.path.join(STORE, name))] == ["edb.log"],
          "TruncateLogs: all but the current log are gone")
    reply = session.end()
    holds(reply["result"] == 0 and reply["context"] == NULL_CONTEXT, "End: the context is NULL")
    holds(c.fault(End, context=session.context) == NCA_CONTEXT_MISMATCH, "a second End: context mismatch")
    holds(c.fault(Read, context=session.context, file=0, phase=0, offset=0, size=READ_BYTES)
          == NCA_CONTEXT_MISMATCH, "a read of the ended session: context mismatch")
    c.drop()


def check_contexts():
    a, b = Connection(PORT).bind(BACKUP), Connection(PORT).bind(BACKUP)
    session = Session(a)
    known = {"file": 0, "phase": 0}
    holds(b.fault(GetAttachmentInformation, context=session.context, **known) == NCA_CONTEXT_MISMATCH,
          "a context of another association: context mismatch")
    forged = [session.context[:i] + bytes([session.context[i] ^ 1]) + session.context[i + 1 :] for i in range(20)]
    holds(all(a.fault(GetAttachmentInformation, context=f, **known) == NCA_CONTEXT_MISMATCH for f in forged),
          "a context forged in any of its 20 bytes: context mismatch")
    holds(a.fault(TruncateLogs, context=NULL_CONTEXT, **known) == NCA_CONTEXT_MISMATCH,
          "the NULL context: context mismatch")
    altered = a.alter(RESTORE)
    holds(altered.fault(RestoreGetDatabaseLocations, context=session.context) == NCA_CONTEXT_MISMATCH,
          "a context of another interface: context mismatch")
    holds(len(entries_of(session.call(GetAttachmentInformation))) == 2, "the session has not taken notice")
    holds(session.call(Close, received=0)["result"] == HR_INVALID_HANDLE, "closing what is not open: hrInvalidHandle")
    assert session.end()["result"] == 0
    a.drop()
    b.drop()


def fault_of(connection, opnum, stub):
    try:
        connection.raw(opnum, stub)
    except Fault as fault:
        return fault.status, bool(fault.flags & rpcrt.PFC_DID_NOT_EXECUTE), fault.context_id
    return None


def is_closed(connection):
    try:
        connection.take(1)
    except (Closed, ConnectionResetError):
        return True
    return False


def check_faults():
    c = Connection(PORT).bind(BACKUP)
    holds(fault_of(c, 99, b"") == (NCA_OP_RNG_ERROR, True, 0), "an unknown opnum: op_rng_error, did not execute")
    c.dce.set_ctx_id(77)
    holds(fault_of(c, Ping.opnum, b"") == (NCA_UNK_IF, True, 0), "an unknown context id: unk_if, did not execute")
    c.dce.set_ctx_id(0)
    for stub in (b"", b"\0" * 19):
        holds(fault_of(c, End.opnum, stub) == (RPC_X_BAD_STUB_DATA, False, 0), "a stub of %d bytes: 0x6F7" % len(stub))
    name = struct.pack("<III", 5, 0, 4) + "abcd".encode("utf-16-le")
    stub = b"\0" * 28 + name + struct.pack("<I", READ_BYTES)
    holds(fault_of(c, OpenFile.opnum, stub)[0] == RPC_X_BAD_STUB_DATA, "a name without its end: 0x6F7")
    holds(c.request(Ping)["result"] == 0, "the connection outlives all this")
    c.send(b"\x05\0\x09\x03\x10\0\0\0\x10\0\0\0\x07\0\0\0")
    try:
        c.reply()
        status = None
    except Fault as fault:
        status = fault.status
    holds(status == NCA_PROTO_ERROR and is_closed(c), "a PDU of the connectionless protocol: proto_error, and the end")
    c.drop()


def check_fragments():
    c = Connection(PORT).bind(BACKUP)
    session = Session(c)
    c.dce.set_max_fragment_size(16)
    known = {"file": 0, "phase": 0}
    reply = c.request(OpenFile, context=session.context, name="ntds.dit\0", read_hint=READ_BYTES, **known)
    session.file = reply["file"]
    holds(reply["result"] == 0 and reply["file_size"] == len(stored("ntds.dit")),
          "a request in fragments of 16 bytes of stub, names and integers cut apart")
    _, _, data, result = session.call(Read, offset=0, size=READ_BYTES)
    holds(result == 0 and data == stored("ntds.dit")[:READ_BYTES], "a reply in many fragments")
    c.drop()


def check_big_endian():
    """impacket writes little-endian alone: these are by hand."""
    c = Connection(PORT)
    uuid = struct.pack(">IHH", 0xECEC0D70, 0xA603, 0x11D0) + BACKUP[8:16] + struct.pack(">I", 1)
    syntax = struct.pack(">IHH", 0x8A885D04, 0x1CEB, 0x11C9) + NDR[8:16] + struct.pack(">I", 2)
    body = struct.pack(">HHIBBHHBB", 4280, 4280, 0, 1, 0, 0, 0, 1, 0) + uuid + syntax
    c.send(struct.pack(">BBBB4sHHI", 5, 0, 11, 3, b"\0" * 4, 16 + len(body), 0, 0x01020304) + body)
    answer = c.receive()
    holds(rpcrt.MSRPCHeader(answer)["type"] == 12 and answer[12:16] == b"\4\3\2\1", "a big-endian bind")
    stub = struct.pack(">II", 0, 1)
    c.send(struct.pack(">BBBB4sHHIIHH", 5, 0, 0, 3, b"\0" * 4, 24 + len(stub), 0, 9, len(stub), 0, 0) + stub)
    prepared = Prepare.answer(c.reply())
    holds(prepared["result"] == 0 and prepared["token_bytes"] > 0, "a big-endian Prepare, answered in little-endian")
    c.drop()


def check_group():
    a = Connection(PORT).bind(BACKUP)
    group = a.ack["assoc_group"]
    b = Connection(PORT).bind_in_group(BACKUP, group)
    holds(b is not None and b.ack["assoc_group"] == group, "a second connection joins the association group")
    session = Session(a)
    session.connection = b
    size = session.open("ntds.dit")
    a.drop()
    _, _, data, result = session.call(Read, offset=size - 1, size=READ_BYTES)
    holds(result == 0 and data == stored("ntds.dit")[-1:], "the session lives on when its first connection goes")
    holds(session.close(size) == 0 and session.end()["result"] == 0, "and is ended over the second")
    b.drop()
    holds(Connection(PORT).bind_in_group(BACKUP, 0xDEAD) is None, "an unknown group is refused with bind_nak")


def drop_in_mid_session():
    session = Session(Connection(PORT).bind(BACKUP))
    session.open("ntds.dit")
    session.call(Read, offset=0, size=READ_BYTES)
    session.connection.drop()


def main():
    check_bind()
    check_mgmt()
    check_contexts()
    check_faults()
    check_fragments()
    check_big_endian()
    check_group()
    check_backup()
    drop_in_mid_session()


main()
