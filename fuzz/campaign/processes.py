# SPDX-License-Identifier: Apache-2.0
"""Processes with an owner: all that was started, and all that this has started, ends when the owner says so, or dies."""
import contextlib
import ctypes
import os
import signal
import subprocess
import time

LIBC = ctypes.CDLL(None, use_errno=True)
PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER, ADDR_NO_RANDOMIZE = 1, 36, 0x0040000


def adopt():
    """What a child leaves behind becomes a child of this process, so that it is found and ended. And if whoever has
    started this dies without a word, this ends as after SIGTERM."""
    LIBC.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)


def prepare_child():
    """Dies with its owner. Addresses are not random: sanitizers of clang 14 fail where vm.mmap_rnd_bits is 32, and
    libFuzzer repeats a campaign with the same seed."""
    signal.pthread_sigmask(signal.SIG_SETMASK, ())
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    LIBC.personality(LIBC.personality(0xFFFFFFFF) | ADDR_NO_RANDOMIZE)


def environment(more=()):
    """For engines and tools: numbers in the C locale, and none of their settings that a user has for other purposes."""
    foreign = ("AFL_", "ASAN_", "UBSAN_", "LSAN_", "LLVM_PROFILE")
    env = {key: value for key, value in os.environ.items() if not key.startswith(foreign)}
    env.update({"LC_ALL": "C", "LANGUAGE": "C", "TERM": os.environ.get("TERM") or "dumb"})
    return {**env, **dict(more)}


def start(command, log, more=(), append=False):
    """Its own process group; input is empty, output goes to the file `log`. OSError: it cannot be started."""
    with open(log, "ab" if append else "wb") as out:
        return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT, process_group=0,
                                env=environment(more), preexec_fn=prepare_child)  # there are no threads here


def parents():
    """pid -> parent, of all processes that have not ended."""
    table = {}
    for name in filter(str.isdigit, os.listdir("/proc")):
        with contextlib.suppress(OSError, IndexError, ValueError):
            with open(f"/proc/{name}/stat", encoding="ascii", errors="replace") as file:
                fields = file.read().rpartition(")")[2].split()
            if fields[0] not in "ZX":
                table[int(name)] = int(fields[1])
    return table


def descendants(of):
    """All children of a process, and theirs."""
    table, found, more = parents(), set(), {of}
    while more:
        more = {pid for pid, parent in table.items() if parent in more} - found
        found |= more
    return found


def send(pids, number):
    for pid in pids:
        with contextlib.suppress(OSError):
            os.kill(pid, number)


def reap(known):
    """Waits for adopted children that have ended; `known` are waited for by their Popen."""
    me = str(os.getpid())
    for name in filter(str.isdigit, os.listdir("/proc")):
        with contextlib.suppress(OSError, IndexError):
            with open(f"/proc/{name}/stat", encoding="ascii", errors="replace") as file:
                fields = file.read().rpartition(")")[2].split()
            if fields[0] == "Z" and fields[1] == me and int(name) not in known:
                os.waitpid(int(name), os.WNOHANG)


def end(process, grace_s=2.0):
    """Asks one process and all of its children to end, then makes them."""
    tree = descendants(process.pid) | {process.pid} if process.poll() is None else set()
    send([process.pid] if tree else [], signal.SIGINT)
    until = time.monotonic() + grace_s
    while process.poll() is None and time.monotonic() < until:
        time.sleep(0.02)
    if tree:
        send(tree | descendants(process.pid), signal.SIGKILL)
    if process.poll() is None:
        process.wait()


def end_all(processes, grace_s=1.0):
    """The same for many at one time, and for all that they left to this process."""
    running = [p for p in processes if p.poll() is None]
    send([p.pid for p in running], signal.SIGINT)
    until = time.monotonic() + grace_s
    while any(p.poll() is None for p in running) and time.monotonic() < until:
        time.sleep(0.02)
    for _ in range(50):
        left = descendants(os.getpid())
        if not left:
            break
        send(left, signal.SIGKILL)
        for p in running:
            p.poll()
        time.sleep(0.02)
    for p in running:
        with contextlib.suppress(subprocess.TimeoutExpired):
            p.wait(timeout=1)
