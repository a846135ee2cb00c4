# SPDX-License-Identifier: Apache-2.0
"""Which jobs run, when, and for how long.

A job is a driver under an engine in a role, on one core. Jobs fill the cores: each driver gets the first seats of SEATS,
what is left goes by NEED, session first. With fewer cores than first seats there are rounds, which share the time by need.
The roles are those that AFL++'s "fuzzing in depth" recommends: one instance with sanitizers (the main one), one with
CMPLOG, some with LAF, different power schedules.
"""
import math
from dataclasses import dataclass

# How much of cores and time a driver gets. The session driver has the largest state: a store, a service, faults.
NEED = {"session": 4, "server_pdu": 2, "client_pdu": 2, "handle": 1, "ndr": 1}


@dataclass(frozen=True)
class Role:
    """How an engine runs. `mutator`: how much of the work the mutator of whole programs does, in the session driver."""
    engine: str
    name: str
    flavours: tuple        # the first one is run; the second one is the program for CMPLOG
    arguments: tuple = ()
    mutator: str = "none"  # none, beside (the engine's own mutations), alone
    # LAF compares addresses byte by byte, which differ from run to run in one process: the same program takes other edges.
    stable: bool = True


SEATS = (
    Role("libfuzzer", "plain", ("libfuzzer",)),
    Role("afl", "main", ("afl",), mutator="beside"),
    Role("afl", "cmplog", ("afl-plain", "afl-cmplog"), ("-l", "2"), "beside"),
    Role("libfuzzer", "values", ("libfuzzer-cmp",), ("-use_value_profile=1",)),
    Role("afl", "laf", ("afl-laf",), ("-p", "coe"), "beside", stable=False),
    Role("afl", "alone", ("afl-plain",), ("-p", "explore"), "alone"),
    Role("libfuzzer", "plain", ("libfuzzer",)),
    Role("afl", "mopt", ("afl-plain",), ("-L", "0")),
    Role("afl", "rare", ("afl-plain",), ("-p", "rare"), "beside"),
    Role("afl", "queue", ("afl-plain",), ("-p", "exploit", "-Z"), "beside"),
)


@dataclass(frozen=True)
class Seat:
    """A job that is planned. `name` is its own among those of the driver."""
    driver: str
    role: Role
    name: str


@dataclass(frozen=True)
class Round:
    seconds: int
    seats: tuple


def seats_of(driver, engines, first, count):
    """Seats `first` to `first + count` of a driver; after the last role the list starts again."""
    roles = [role for role in SEATS if role.engine in engines]
    seats = []
    for i in range(first + count):
        again, at = divmod(i, len(roles))
        role = roles[at]
        if again > 0 and role.name == "main":  # there is one
            role = Role("afl", "more", ("afl-plain",), ("-p", "fast"), "beside")
        number = sum(1 for seat in seats if (seat.role.engine, seat.role.name) == (role.engine, role.name)) + 1
        seats.append(Seat(driver, role, f"{role.engine}-{role.name}" + (f"-{number}" if number > 1 else "")))
    return seats[first:]


def groups_of(drivers, engines, cores):
    """Which drivers and engines run at one time: as many drivers as have room, about the same number in each round; if
    there is no room for one, its engines run one after the other."""
    drivers = sorted(drivers, key=lambda driver: -NEED[driver])
    if cores < len(engines):
        return [[(driver, (engine,))] for driver in drivers for engine in engines]
    count = math.ceil(len(drivers) / max(1, cores // len(engines)))
    size = math.ceil(len(drivers) / count)
    return [[(driver, engines) for driver in drivers[i:i + size]] for i in range(0, len(drivers), size)]


def rounds(drivers, engines, cores, seconds):
    """Seats that a round's drivers leave free go to the neediest driver that has begun."""
    groups = groups_of(drivers, engines, cores)
    needs = [max(NEED[driver] for driver, _ in group) for group in groups]
    taken, result = {}, []
    for group, need in zip(groups, needs):
        seats = []
        for driver, only in group:
            seats += seats_of(driver, only, 0, len(only))
            taken[driver] = taken.get(driver, 0) + len(only)
        while len(seats) < cores and cores >= len(engines):
            neediest = max(taken, key=lambda driver: NEED[driver] / (taken[driver] + 1))
            seats += seats_of(neediest, engines, taken[neediest], 1)
            taken[neediest] += 1
        result.append(Round(max(1, seconds * need // sum(needs)), tuple(seats)))
    return result


def flavours(drivers, engines, cores):
    """The flavours that the jobs need."""
    return sorted({f for r in rounds(drivers, engines, cores, 1) for seat in r.seats for f in seat.role.flavours})
