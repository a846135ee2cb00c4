# SPDX-License-Identifier: Apache-2.0
"""target/idl/ntdsb.idl as stubs of impacket's NDR engine, and a connection that looks at every PDU of an answer."""

import struct
import sys

from impacket.dcerpc.v5 import rpcrt, transport
from impacket.dcerpc.v5.dtypes import NULL, ULONG, WSTR
from impacket.dcerpc.v5.ndr import NDRCALL, NDRPOINTER, NDRSTRUCT, NDRUHYPER
from impacket.dcerpc.v5.ndr import NDRUniConformantArray, NDRUniConformantVaryingArray
from impacket.uuid import uuidtup_to_bin

BACKUP = uuidtup_to_bin(("ecec0d70-a603-11d0-96b1-00a0c91ece30", "1.0"))
RESTORE = uuidtup_to_bin(("16e0cf3a-a604-11d0-96b1-00a0c91ece30", "1.0"))
MGMT = uuidtup_to_bin(("afa8bd80-7d8a-11c9-bef4-08002b102989", "1.0"))
NOBODY = uuidtup_to_bin(("01234567-89ab-cdef-0123-456789abcdef", "1.0"))
NDR = uuidtup_to_bin(("8a885d04-1ceb-11c9-9fe8-08002b104860", "2.0"))

BFT_NTDS_DATABASE, BFT_PATCH_FILE, BFT_LOG = 0x44, 0x25, 0x21  # include/ntdsbcli.h

RPC_X_BAD_STUB_DATA = 0x6F7
ERROR_HANDLE_EOF = 38
HR_INVALID_HANDLE = 0xC7FF0003  # include/ntdsbmsg.h
NCA_OP_RNG_ERROR = 0x1C010002
NCA_UNK_IF = 0x1C010003
NCA_CONTEXT_MISMATCH = 0x1C00001A
NCA_PROTO_ERROR = 0x1C01000B


class Octets(NDRUniConformantArray):
    item = "c"


class Characters(NDRUniConformantArray):
    item = "<H"


class VaryingOctets(NDRUniConformantVaryingArray):
    item = "c"


class OctetsPointer(NDRPOINTER):
    referent = (("Data", Octets),)


class CharactersPointer(NDRPOINTER):
    referent = (("Data", Characters),)


class Context(NDRSTRUCT):
    structure = (("Data", '20s=b""'),)

    def getAlignment(self):
        return 4


class Call(NDRCALL):
    """A call without parameters beyond `structure`; `answer` is the class of what comes back."""

    answer = None


def call(opnum_, parameters, results):
    """The class of a call, from its parameters and results as lists of (name, type); each returns an HRESULT."""
    reply = type("Reply", (NDRCALL,), {"structure": tuple(results) + (("result", ULONG),)})
    return type("Request", (Call,), {"opnum": opnum_, "structure": tuple(parameters), "answer": reply})


SESSION = [("context", Context), ("file", ULONG), ("phase", ULONG)]
LIST = [("chars", ULONG), ("list", CharactersPointer)]

Prepare = call(
    0,
    [("grbit", ULONG), ("backup_type", ULONG)],
    [("token_bytes", ULONG), ("token", OctetsPointer), ("context", Context)],
)
End = call(1, [("context", Context)], [("context", Context)])
GetAttachmentInformation = call(2, SESSION, LIST)
OpenFile = call(3, SESSION + [("name", WSTR), ("read_hint", ULONG)], [("file_size", NDRUHYPER), ("file", ULONG)])
Read = call(4, SESSION + [("offset", NDRUHYPER), ("size", ULONG)], [("read", ULONG), ("data", VaryingOctets)])
Close = call(5, SESSION + [("received", NDRUHYPER)], [])
GetBackupLogs = call(6, SESSION, LIST)
TruncateLogs = call(7, SESSION, [])
Ping = call(8, [], [])
RestoreGetDatabaseLocations = call(4, [("context", Context)], LIST)


def read_reply(stub):
    """Of Read: the array has its three counts, and `read` is the last of them."""
    size, offset, count = struct.unpack_from("<III", stub)
    data = stub[12 : 12 + count]
    (result,) = struct.unpack_from("<I", stub, len(stub) - 4)
    return size, offset, data, result


class Fault(Exception):
    def __init__(self, status, flags, context_id):
        super().__init__("fault 0x%08x, flags 0x%02x, context %d" % (status, flags, context_id))
        self.status, self.flags, self.context_id = status, flags, context_id


class Closed(Exception):
    """The server has closed the connection."""


class Connection:
    """One TCP connection, bound by impacket."""

    def __init__(self, port):
        self.transport = transport.DCERPCTransportFactory("ncacn_ip_tcp:127.0.0.1[%d]" % port)
        self.transport.set_connect_timeout(20)
        self.dce = self.transport.get_dce_rpc()
        self.dce.connect()

    def bind(self, interface):
        self.ack = rpcrt.MSRPCBindAck(self.dce.bind(interface).getData())
        return self

    def bind_in_group(self, interface, group):
        """impacket binds without a group alone: its PDU with another field in it."""
        item = rpcrt.CtxItem()
        item["AbstractSyntax"], item["TransferSyntax"] = interface, NDR
        item["ContextID"], item["TransItems"] = 0, 1
        body = rpcrt.MSRPCBind()
        body["assoc_group"] = group
        body.addCtxItem(item)
        packet = rpcrt.MSRPCHeader()
        packet["type"], packet["call_id"], packet["pduData"] = rpcrt.MSRPC_BIND, 1, body.getData()
        self.send(packet.get_packet())
        answer = rpcrt.MSRPCHeader(self.receive())
        if answer["type"] != rpcrt.MSRPC_BINDACK:
            return None
        self.ack = rpcrt.MSRPCBindAck(answer.getData())
        self.dce.set_max_tfrag(self.ack["max_rfrag"])
        return self

    def alter(self, interface):
        other = object.__new__(Connection)
        other.transport, other.dce = self.transport, self.dce.alter_ctx(interface)
        return other

    def send(self, packet):
        self.transport.get_socket().sendall(packet)

    def take(self, count):
        taken = b""
        while len(taken) < count:
            more = self.transport.get_socket().recv(count - len(taken))
            if not more:
                raise Closed()
            taken += more
        return taken

    def receive(self):
        header = self.take(16)
        return header + self.take(struct.unpack_from("<H", header, 8)[0] - 16)

    def reply(self):
        """The stub of a response, of however many fragments."""
        stub = b""
        while True:
            pdu = self.receive()
            answer = rpcrt.MSRPCRespHeader(pdu)
            if answer["type"] == rpcrt.MSRPC_FAULT:
                raise Fault(struct.unpack_from("<I", pdu, 24)[0], answer["flags"], answer["ctx_id"])
            assert answer["type"] == rpcrt.MSRPC_RESPONSE, "a PDU of type %d" % answer["type"]
            stub += pdu[24:]
            if answer["flags"] & rpcrt.PFC_LAST_FRAG:
                return stub

    def raw(self, opnum, stub):
        self.dce.call(opnum, stub)
        return self.reply()

    def request(self, stub_class, **values):
        request = stub_class()
        for name, value in values.items():
            request[name] = value
        stub = self.raw(stub_class.opnum, request)
        return read_reply(stub) if stub_class is Read else stub_class.answer(stub)

    def fault(self, stub_class, **values):
        """The status of the fault that answers the call."""
        try:
            self.request(stub_class, **values)
        except Fault as fault:
            return fault.status
        return None

    def drop(self):
        self.dce.disconnect()


def holds(condition, what):
    """One check: says that it holds, or ends the program."""
    print("%s - %s" % ("ok" if condition else "not ok", what))
    sys.stdout.flush()
    if not condition:
        sys.exit(1)


def entries_of(reply):
    """The entries of a list: (type of file, name without its folder)."""
    text = struct.pack("<%dH" % len(reply["list"]), *reply["list"]).decode("utf-16-le")
    assert text.endswith("\0\0") and len(text) == reply["chars"]
    return [(ord(entry[0]), entry.rpartition("\\")[2]) for entry in text[:-2].split("\0")]


__all__ = [name for name in dir() if not name.startswith("_")] + ["NULL"]
