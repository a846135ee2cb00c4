#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""record.py LISTEN CONNECT FILE: passes connections on and writes what they carry as a capture, which takes no right to
listen at an interface. LISTEN and CONNECT are a path (a UNIX socket) or a port of 127.0.0.1; port 0 is any, which is
printed. Each connection is written as TCP between a port of its own and SERVER_PORT. Ends with SIGTERM."""

import asyncio
import signal
import struct
import sys

SERVER_PORT = 50000
LINKTYPE_RAW = 101
PART = 60000  # bytes; with its headers it fits an IPv4 packet
SYN, PUSH, ACK, FIN = 2, 8, 16, 1


class Capture:
    """A pcap file: https://datatracker.ietf.org/doc/draft-ietf-opsawg-pcap/"""

    def __init__(self, path):
        self.file = open(path, "wb", buffering=0)
        self.file.write(struct.pack("<IHHIIII", 0xA1B2C3D4, 2, 4, 0, 0, 0x10000, LINKTYPE_RAW))
        self.packets = 0
        self.connections = 0

    def packet(self, source, target, sequence, acknowledged, flags, data=b""):
        tcp = struct.pack(">HHIIBBHHH", source, target, sequence, acknowledged, 5 << 4, flags, 0xFFFF, 0, 0)
        ip = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 40 + len(data), 0, 0, 64, 6, 0, b"\x7f\0\0\1", b"\x7f\0\0\1")
        size = 40 + len(data)
        self.packets += 1
        self.file.write(struct.pack("<IIII", self.packets, 0, size, size) + ip + tcp + data)


class Recorded:
    """One connection: what has gone each way, as TCP counts it."""

    def __init__(self, capture):
        self.capture = capture
        capture.connections += 1
        self.ports = [20000 + capture.connections, SERVER_PORT]
        self.sent = [1, 1]
        capture.packet(*self.ports, 0, 0, SYN)
        capture.packet(*self.ports[::-1], 0, 1, SYN | ACK)
        capture.packet(*self.ports, 1, 1, ACK)

    def write(self, side, flags, data=b""):
        self.capture.packet(
            self.ports[side], self.ports[1 - side], self.sent[side], self.sent[1 - side], flags | ACK, data
        )
        self.sent[side] = (self.sent[side] + len(data) + (flags & FIN)) % (1 << 32)


async def carry(recorded, side, reader, writer):
    try:
        while data := await reader.read(PART):
            recorded.write(side, PUSH, data)
            writer.write(data)
            await writer.drain()
    except ConnectionError:
        pass
    recorded.write(side, FIN)
    writer.close()


async def main():
    listen, connect, path = sys.argv[1:]
    capture = Capture(path)

    async def accepted(reader, writer):
        if connect.isdigit():
            there = await asyncio.open_connection("127.0.0.1", int(connect))
        else:
            there = await asyncio.open_unix_connection(connect)
        recorded = Recorded(capture)
        await asyncio.gather(carry(recorded, 0, reader, there[1]), carry(recorded, 1, there[0], writer))

    if listen.isdigit():
        server = await asyncio.start_server(accepted, "127.0.0.1", int(listen))
        print(server.sockets[0].getsockname()[1], flush=True)
    else:
        server = await asyncio.start_unix_server(accepted, listen)
        print(listen, flush=True)
    end = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, end.set)
    await end.wait()


asyncio.run(main())
