#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""name_points.py [--entries ALIASES] OBJECT WRAPPED NAMED TABLE

Names the fault points of a partially linked target. A name is CLASS@FUNCTION#N: the source function
that makes the call (also where it was inlined into another), and which call of that class in it, in
the order of the source. Names come from relocations and debug information, so they are the same in
every flavour, and change only with their own function.

Writes NAMED, which is OBJECT with a symbol rundown_point_I at the return address of each call of a
wrapped function, and TABLE, C source that says which name belongs to which of these symbols. The
program's final link may move, fold or drop any section: it keeps the symbols right as it keeps any
other. What hides the caller of a wrapped function is an error here, not a wrong name later.

With --entries, for archives of other people: each reference to a wrapped function, be it a call, a jump or
an address that is stored, leads to an entry of its own in TABLE, which notes the name and goes on to the
function. That needs no debug information, and sees tail calls and calls through pointers; FUNCTION is then
the symbol that holds the reference, and N counts in the order of its code. ALIASES lists other names of wrapped functions;
unseen.txt beside it, which functions are named because they could fail as well: TABLE has those that the archives call.
"""
import bisect
import os
import shutil
import struct
import subprocess
import sys
import tempfile
from collections import defaultdict, namedtuple

SHT_SYMTAB, SHT_RELA = 2, 4
STT_OBJECT, STT_FUNC = 1, 2
SHF_ALLOC, SHF_EXECINSTR = 2, 4
SHN_LORESERVE = 0xFF00
GLOBAL_NOTYPE, HIDDEN = 0x10, 2
EM_X86_64 = 62

Section = namedtuple("Section", "name type flags address offset size link info alignment entry_size")
Symbol = namedtuple("Symbol", "name info other section value size")
Call = namedtuple("Call", "function section offset")  # where the call returns to


def die(text):
    sys.exit(f"name_points: {text}")


class Elf:
    """An ELF file of x86-64, as far as it is needed here."""

    def __init__(self, path):
        with open(path, "rb") as file:
            self.data = file.read()
        if self.data[:6] != b"\x7fELF\x02\x01" or struct.unpack_from("<H", self.data, 18)[0] != EM_X86_64:
            die(f"{path} is no object of x86-64 (with -flto: link it by the compiler first)")
        self.table_offset, = struct.unpack_from("<Q", self.data, 40)
        count, names = struct.unpack_from("<HH", self.data, 60)
        raw = [struct.unpack_from("<IIQQQQIIQQ", self.data, self.table_offset + 64 * i) for i in range(count)]
        if count == 0 or count >= SHN_LORESERVE:
            die(f"{path} has too many sections")
        self.sections = [Section(self.text(raw[names][4] + s[0]), *s[1:]) for s in raw]
        self.symbol_table = next((i for i, s in enumerate(self.sections) if s.type == SHT_SYMTAB), None)
        if self.symbol_table is None:
            die(f"{path} has no symbols")
        table = self.sections[self.symbol_table]
        strings = self.sections[table.link].offset
        self.symbols = [
            Symbol(self.text(strings + name), *rest)
            for name, *rest in struct.iter_unpack("<IBBHQQ", self.bytes_of(table))
        ]

    def text(self, offset):
        return self.data[offset : self.data.index(b"\0", offset)].decode()

    def bytes_of(self, section):
        return self.data[section.offset : section.offset + section.size]

    def relocations(self):
        """(index of the section, offset, symbol, place in the file) of every relocation in a loaded section."""
        for table in self.sections:
            if table.type == SHT_RELA and self.sections[table.info].flags & SHF_ALLOC:
                for i, (offset, info, _) in enumerate(struct.iter_unpack("<QQq", self.bytes_of(table))):
                    yield table.info, offset, self.symbols[info >> 32], table.offset + 24 * i

    def with_symbols(self, added, redirected=()):
        """The file with these hidden symbols added: (name, index of the section, offset) each. `redirected`: the
        place in the file of a relocation, and which of the added symbols it is to name."""
        table = self.sections[self.symbol_table]
        strings = bytearray(self.bytes_of(self.sections[table.link]))
        symbols = bytearray(self.bytes_of(table))
        for name, section, offset in added:
            symbols += struct.pack("<IBBHQQ", len(strings), GLOBAL_NOTYPE, HIDDEN, section, offset, 0)
            strings += name.encode() + b"\0"
        out = bytearray(self.data)
        for index, content in (self.symbol_table, symbols), (table.link, strings):
            out += bytes(-len(out) % 8)
            struct.pack_into("<QQ", out, self.table_offset + 64 * index + 24, len(out), len(content))
            out += content
        for place, index in redirected:
            kind = struct.unpack_from("<Q", out, place + 8)[0] & 0xFFFFFFFF
            struct.pack_into("<Q", out, place + 8, len(self.symbols) + index << 32 | kind)
        return out


def read_classes(path):
    """Class of fault point by function, None: not a fault point; and the class that it has with a socket, where that differs."""
    classes, with_sockets = {}, {}
    with open(path, encoding="ascii") as file:
        for line in file:
            if line.strip() and not line.startswith("#"):
                function, name, *other = line.split()
                classes[function] = None if name == "-" else name
                with_sockets.update({function: other[0]} if other else {})
    return classes, with_sockets


def find_calls(elf, classes):
    """Every call of a wrapped function. The four bytes that the linker fills in are the last of a call."""
    calls = []
    for index, offset, symbol, _ in elf.relocations():
        if not symbol.name.startswith("__wrap_"):
            continue
        section, function = elf.sections[index], symbol.name[len("__wrap_") :]
        before = elf.data[section.offset + offset - 2 : section.offset + offset]
        place = f"{function} at {section.name}+{offset:#x}"
        if function not in classes:
            die(f"{function} has no line in the list of wrapped functions: {place}")
        if not section.flags & SHF_EXECINSTR or not is_branch(before):
            if classes[function] is None:
                continue  # no fault point, whoever calls it: free() is handed over as a pointer in many places
            die(f"a pointer to a function hides who calls it: {place}")
        if before[1] != 0xE8 and before != b"\xff\x15":
            die(f"a tail call hides its caller (-fno-optimize-sibling-calls): {place}")
        calls.append(Call(function, index, offset + 4))
    return sorted(calls, key=lambda call: call[1:])


def is_branch(before):
    """call, jmp, jcc; call and jmp through the GOT (-fno-plt)."""
    return before[1] in (0xE8, 0xE9) or before in (b"\xff\x15", b"\xff\x25") or (before[0] == 0x0F and before[1] & 0xF0 == 0x80)


def find_places(named, calls, classes):
    """(function, file, line, column) of each call in the source, innermost frame: by debug information."""
    symbolizer = shutil.which("llvm-symbolizer-14") or shutil.which("llvm-symbolizer")
    if symbolizer is None:
        die("needs llvm-symbolizer")
    with tempfile.TemporaryDirectory() as folder:
        # Linked, because a symbolizer needs final addresses.
        image = os.path.join(folder, "image")
        subprocess.run(["ld", "-shared", "--unresolved-symbols=ignore-all", "-o", image, named], check=True)
        addresses = {s.name: s.value for s in Elf(image).symbols}
        wanted = "".join(f"{addresses[symbol_of(i)] - 1:#x}\n" for i in range(len(calls)))
        answer = subprocess.run(
            [symbolizer, f"--obj={image}", "--output-style=LLVM", "--functions=short"],
            input=wanted, capture_output=True, text=True, check=True
        ).stdout
    places, answers = [], answer.strip("\n").split("\n\n")
    if len(answers) != len(calls):
        die(f"{len(calls)} questions to {symbolizer}, {len(answers)} answers")
    for call, frames in zip(calls, answers):
        function, place = frames.split("\n")[:2]
        file, line, column = place.rsplit(":", 2)
        if classes[call.function] and ("??" in (function, file) or line == "0"):
            die(f"no debug information for a call of {call.function}: {function} {place}")
        places.append((function, os.path.splitext(os.path.basename(file))[0], int(line), int(column)))
    return places


def symbol_of(index):
    return f"rundown_point_{index}"


def name_calls(classes, places):
    """A name for each call that has a class, otherwise None."""
    files = defaultdict(set)
    for fault_class, (function, file, *_) in zip(classes, places):
        if fault_class:
            files[function].add(file)
    # Functions of one name in several files go by FILE.FUNCTION.
    groups = [
        fault_class and f"{fault_class}@{file + '.' if len(files[function]) > 1 else ''}{function}"
        for fault_class, (function, file, *_) in zip(classes, places)
    ]
    lines = defaultdict(set)
    for group, (*_, line, column) in zip(groups, places):
        lines[group].add((line, column))
    order = {group: sorted(found) for group, found in lines.items()}
    return [
        group and f"{group}#{1 + order[group].index((line, column))}"
        for group, (*_, line, column) in zip(groups, places)
    ]


def table_of(names):
    """C source. Weak: a section that the final link drops takes its symbols with it."""
    distinct = sorted({name for name in names if name})
    number = {name: i for i, name in enumerate(distinct)}
    lines = ["/* Made by faults/seam/name_points.py. */", '#include "faults/seam/site_table.h"', ""]
    lines += [f'extern const char {symbol_of(i)}[] WEAK __attribute__((visibility("hidden")));' for i in range(len(names))]
    lines += ["", "const char *const site_table_names[] = {", *(f'    "{name}",' for name in distinct), "};"]
    lines += ["const unsigned site_table_name_count = sizeof site_table_names / sizeof *site_table_names;", ""]
    lines += ["struct site_address site_table_addresses[] = {"]
    lines += [f"    {{{symbol_of(i)}, {number.get(name, -1)}}}," for i, name in enumerate(names)]
    lines += ["};", "const unsigned site_table_address_count ="]
    lines += ["    sizeof site_table_addresses / sizeof *site_table_addresses;", ""]
    return "\n".join(lines)


def holders(elf):
    """By section: (offset, name) of each function or object in it, in order."""
    found = defaultdict(list)
    for s in elf.symbols:
        if s.info & 0xF in (STT_OBJECT, STT_FUNC) and s.name:
            found[s.section].append((s.value, s.name.split(".constprop")[0].split(".part")[0].split(".isra")[0]))
    return {section: sorted(names) for section, names in found.items()}


def read_aliases(path):
    """The wrapped function by its other name."""
    with open(path, encoding="ascii") as file:
        return dict(line.split() for line in file if line.strip() and not line.startswith("#"))


def find_references(elf, classes, aliases):
    """(place of the relocation in the file, function, name of the fault point; None: it is none) of every reference, in the
    order of the code."""
    inside, count, references = holders(elf), defaultdict(int), []
    for index, offset, symbol, place in sorted(elf.relocations(), key=lambda r: r[:2]):
        if not symbol.name.startswith("__wrap_"):
            continue
        called = symbol.name[len("__wrap_") :]
        function = aliases.get(called, called)
        if function not in classes:
            die(f"{function} has no line in the list of wrapped functions")
        if classes[function] is None:
            if called != function:
                references.append((place, function, None))
            continue
        names = inside.get(index, [])
        at = bisect.bisect_right(names, (offset, "\x7f"))
        holder = names[at - 1][1] if at > 0 else elf.sections[index].name.lstrip(".")
        group = f"{classes[function]}@{holder}"
        count[group] += 1
        references.append((place, function, f"{group}#{count[group]}"))
    return references


def find_unseen(elf, path):
    """What the archives call of the functions that this list has."""
    with open(path, encoding="ascii") as file:
        words = {word for line in file if not line.startswith("#") for word in line.split()}
    return sorted(words & {s.name for s in elf.symbols if s.section == 0})


def entry_table(references, with_sockets, functions, unseen):
    """C source: an entry for each reference; the names of all functions."""
    names = {name for _, _, name in references if name}
    names |= {f"{with_sockets[f]}@{name.split('@')[1]}" for _, f, name in references if f in with_sockets and name}
    names = sorted(names)
    number = {name: i for i, name in enumerate(names)}
    lines = ["/* Made by faults/seam/name_points.py. */", '#include "faults/seam/site_table.h"', ""]
    lines += ["const char *const site_table_names[] = {", *(f'    "{name}",' for name in names), "};"]
    lines += ["const unsigned site_table_name_count = sizeof site_table_names / sizeof *site_table_names;"]
    lines += ["const unsigned site_table_address_count = 0;", "struct site_address site_table_addresses[1];"]
    lines += ["int site_table_entered = -1;", "", "const char *const site_table_functions[] = {"]
    lines += [*(f'    "{name}",' for name in functions), "};"]
    lines += ["const unsigned site_table_function_count =", "    sizeof site_table_functions / sizeof *site_table_functions;"]
    lines += ["", "const char *const site_table_unseen[] = {", *(f'    "{name}",' for name in unseen), "    0};"]
    lines += ["", "__asm__(", '    ".text\\n"']
    for i, (_, function, name) in enumerate(references):
        lines.append(f'    ".globl {entry_of(i)}\\n.hidden {entry_of(i)}\\n.type {entry_of(i)}, @function\\n"')
        note = f"movl ${number[name]}, site_table_entered(%rip)\\n" if name else ""
        lines.append(f'    "{entry_of(i)}: {note}jmp __wrap_{function}\\n"')
    return "\n".join([*lines, ");", ""])


def entry_of(index):
    return f"rundown_entry_{index}"


def make_entries(aliases, source, wrapped, named, table):
    elf = Elf(source)
    classes, with_sockets = read_classes(wrapped)
    references = find_references(elf, classes, read_aliases(aliases))
    if not references:
        die(f"{source} has no fault point")
    with open(named, "wb") as file:
        file.write(elf.with_symbols(
            ((entry_of(i), 0, 0) for i in range(len(references))),
            ((place, i) for i, (place, *_) in enumerate(references)),
        ))
    with open(table, "w", encoding="ascii") as file:
        functions = {s.name for s in elf.symbols if s.info & 0xF == STT_FUNC and s.section != 0}
        file.write(entry_table(references, with_sockets, sorted(functions), find_unseen(elf, os.path.join(os.path.dirname(aliases), "unseen.txt"))))


def main():
    entries = sys.argv[1:2] == ["--entries"]
    if len(sys.argv) != 5 + 2 * entries:
        sys.exit("usage: name_points.py [--entries ALIASES] OBJECT WRAPPED NAMED TABLE")
    if entries:
        make_entries(*sys.argv[2:])
        return
    source, wrapped, named, table = sys.argv[1:]
    (classes, _), elf = read_classes(wrapped), Elf(source)
    calls = find_calls(elf, classes)
    if not any(classes[call.function] for call in calls):
        die(f"{source} has no fault point")
    with open(named, "wb") as file:
        file.write(elf.with_symbols((symbol_of(i), call.section, call.offset) for i, call in enumerate(calls)))
    names = name_calls([classes[call.function] for call in calls], find_places(named, calls, classes))
    with open(table, "w", encoding="ascii") as file:
        file.write(table_of(names))


if __name__ == "__main__":
    main()
