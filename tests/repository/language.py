#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""language.py RUNDOWN REPOSITORY

Holds docs/language.md against the parser and the printer:

- each example, and those of README.md, is in canonical form and runs; each wrong one is refused with the message that it names;
- whatever the grammar generates is accepted, and each of its symbols is generated at least once;
- whatever the printer prints for bytes, and each line of the corpus, is in the grammar;
- the sweep that README.md shows prints these lines;
- each table of texts holds what the printer has, that of servers what each returns, the table of codes what codes.c has.
"""
import pathlib
import random
import re
import struct
import subprocess
import sys
import tempfile

RUNDOWN, ROOT = sys.argv[1], pathlib.Path(sys.argv[2])
PAGE = (ROOT / "docs/language.md").read_text()
SEED, GENERATED, DECODED = 61, 4000, 4000
failed = 0


def complain(text):
    global failed
    failed = 1
    print(f"not ok - {text}")


def rundown(*arguments):
    return subprocess.run([RUNDOWN, *map(str, arguments)], capture_output=True, text=True, errors="replace", check=False)


def blocks(tag, text=PAGE):
    return re.findall(rf"^```{tag}\n(.*?)^```$", text, re.M | re.S)


def table(heading):
    """The first column of the table with that word at its head, without the backquotes."""
    start = PAGE.index(f"\n| {heading} |")
    rows = PAGE[start + 1:].split("\n\n")[0].splitlines()[2:]
    return [re.match(r"\| (`+)(.*?)\1 \|", row).group(2) for row in rows]


# The grammar: a tree of ("seq"|"alt", parts), ("opt"|"many", part), ("text", s), ("rule", s), ("special", s).
TOKEN = re.compile(r'\s*(?:"((?:[^"])*)"|\?\s*(.*?)\s*\?|([a-z_]+)|([=,|;(){}\[\]]))', re.S)


def parse_grammar(text, rules, tight):
    tokens, at = [], 0
    text = text.rstrip()
    while at < len(text):
        m = TOKEN.match(text, at)
        if m is None:
            sys.exit(f"not ok - the grammar cannot be read at: {text[at:at + 40]!r}")
        tokens.append(m.groups())
        at = m.end()
    tokens.reverse()

    def sign(s):
        return bool(tokens) and tokens[-1][3] == s

    def take(s):
        if not sign(s):
            sys.exit(f"not ok - the grammar has {tokens[-1] if tokens else 'its end'} where {s} is due")
        tokens.pop()

    def alternatives():
        parts = [sequence()]
        while sign("|"):
            take("|")
            parts.append(sequence())
        return ("alt", parts) if len(parts) > 1 else parts[0]

    def sequence():
        parts = [factor()]
        while sign(","):
            take(",")
            parts.append(factor())
        return ("seq", parts) if len(parts) > 1 else parts[0]

    def factor():
        for left, right, kind in (("(", ")", None), ("[", "]", "opt"), ("{", "}", "many")):
            if sign(left):
                take(left)
                inner = alternatives()
                take(right)
                return inner if kind is None else (kind, inner)
        terminal, special, rule, _ = tokens.pop()
        if terminal is not None:
            return ("text", terminal)
        return ("special", special) if special is not None else ("rule", rule)

    while tokens:
        name = tokens.pop()[2]
        take("=")
        rules[name] = (alternatives(), tight)
        take(";")


rules = {}
parse_grammar(blocks("ebnf")[0], rules, False)
parse_grammar(blocks("ebnf-words")[0], rules, True)

FAULTS = dict(line.split(": ", 1) for line in rundown("faults").stdout.splitlines() if ": " in line)
FAULTS = {name: kinds.split() for name, kinds in FAULTS.items()}
POINTS = [line.split()[0] for line in rundown("sites").stdout.splitlines() if "@" in line]
TEXTS = {name: table(heading) for name, heading in
         (("table of servers", "server"), ("table of files", "file"), ("table of path sets", "paths"),
          ("table of identities", "identity"), ("table of settings", "setting"))}
CODES = blocks("codes")[0].split()
if len(FAULTS) < 20 or len(POINTS) < 50:
    complain(f"rundown lists {len(FAULTS)} classes and {len(POINTS)} fault points")

# Recognition: the grammar has no recursion, so it is one regular expression.
SPECIAL = {
    "a class of docs/faults.md": "|".join(map(re.escape, FAULTS)),
    "a fault point of such a class, as `rundown sites` lists them": "|".join(map(re.escape, POINTS)),
    "a kind of that class": "|".join(sorted({re.escape(k) for kinds in FAULTS.values() for k in kinds}, key=len, reverse=True)),
    "table of codes": "|".join(sorted(map(re.escape, CODES), key=len, reverse=True)),
    "a lower-case letter, then up to 22 letters, digits and _": "[a-z][A-Za-z0-9_]{0,22}",
    "any text": ".*",
}
SPECIAL.update({name: "|".join(map(re.escape, entries)) for name, entries in TEXTS.items()})


def pattern(node, tight):
    kind, value = node
    space = "" if tight else r"[ \t]*"
    if kind == "text":
        return re.escape(value) + (r"(?![A-Za-z0-9_.])" if not tight and value[-1].isalnum() else "")
    if kind == "special":
        if value not in SPECIAL:
            sys.exit(f"not ok - the grammar refers to '{value}', which this test does not know")
        return f"(?:{SPECIAL[value]})" + ("" if tight else r"(?![A-Za-z0-9_.@-])")
    if kind == "rule":
        if value not in rules:
            sys.exit(f"not ok - the grammar has no rule '{value}'")
        return pattern(*rules[value])
    if kind == "seq":
        return space.join(pattern(part, tight) for part in value)
    if kind == "alt":
        return "(?:" + "|".join(pattern(part, tight) for part in value) + ")"
    inner = pattern(value, tight)
    return f"(?:{space}{inner}{space})" + ("?" if kind == "opt" else "*")


LINE = re.compile(r"[ \t]*" + pattern(*rules["line"]) + r"[ \t]*")

# Generation, with an eye on what has been generated so far: what never was comes first.
chance = random.Random(SEED)
seen = set()
fault_class = None


def special(value):
    global fault_class
    if value == "a class of docs/faults.md":
        fault_class = chance.choice(list(FAULTS))
        return fault_class
    if value == "a kind of that class":
        return chance.choice(FAULTS[fault_class])
    if value.startswith("a fault point"):
        point = chance.choice(POINTS)
        fault_class = point.split("@")[0]
        return point
    if value == "table of codes":
        return chance.choice(CODES)
    if value == "any text":
        return chance.choice(["", " words", " # ! ( \""])
    if value in TEXTS:
        return chance.choice(TEXTS[value])
    return None  # a name must have been assigned before: the corpus has those


def generate(node, tight, path):
    kind, value = node
    seen.add(path)
    if kind == "text":
        return [value]
    if kind == "special":
        return [special(value)]
    if kind == "rule":
        inner, inner_tight = rules[value]
        if value == "integer":  # small enough for whatever takes it
            seen.add("rule integer")
            return [chance.choice(["0", "1", "7", "200", "0x1f", "0xA0"])]
        parts = generate(inner, inner_tight, f"rule {value}")
        return ["".join(parts)] if inner_tight and not tight and None not in parts else parts
    if kind == "seq":
        return [token for i, part in enumerate(value) for token in generate(part, tight, f"{path}/{i}")]
    if kind == "alt":
        order = list(range(len(value)))
        chance.shuffle(order)
        order.sort(key=lambda i: f"{path}|{i}" in seen)
        for i in order:
            tokens = generate(value[i], tight, f"{path}|{i}")
            if None not in tokens:
                return tokens
        return tokens
    times = chance.choice([0, 1]) if kind == "opt" else chance.choice([0, 1, 1, 2])
    if f"{path}*" not in seen:
        times = 1
    return [token for _ in range(times) for token in generate(value, tight, f"{path}*")]


def spaced(tokens):
    """What need not touch is moved apart at random."""
    text = ""
    for token in tokens:
        words = text and token and (text[-1].isalnum() or text[-1] in "_.-") and (token[0].isalnum() or token[0] in "_.-")
        # A # in a word would belong to it.
        words = words or token.startswith("#")
        text += chance.choice([" ", "  ", "\t"]) if words else chance.choice(["", "", " "])
        text += token
    return text


def paths_of(node, path, out, done):
    kind, value = node
    out.add(path)
    if kind == "rule" and value not in done:
        done.add(value)
        if value == "integer":
            out.add("rule integer")
            return
        paths_of(rules[value][0], f"rule {value}", out, done)
    elif kind == "seq":
        for i, part in enumerate(value):
            paths_of(part, f"{path}/{i}", out, done)
    elif kind == "alt":
        for i, part in enumerate(value):
            paths_of(part, f"{path}|{i}", out, done)
    elif kind in ("opt", "many"):
        paths_of(value, f"{path}*", out, done)


def check_examples(work):
    examples = blocks("rundown") + blocks("rundown", (ROOT / "README.md").read_text())
    for i, text in enumerate(examples):
        file = work / f"example-{i + 1}.txt"
        file.write_text(text)
        r = rundown("format", "--check", file)
        if r.returncode != 0:
            rundown("format", file)
            complain(f"example {i + 1} is not in canonical form: {r.stderr}{r.stdout}which would be\n{file.read_text()}")
        r = rundown("run", file)
        if r.returncode != 0:
            complain(f"example {i + 1} does not run clean:\n{r.stdout}{r.stderr}")
    for i, text in enumerate(blocks("rundown-error")):
        *program, message = text.rstrip("\n").split("\n")
        file = work / f"wrong-{i + 1}.txt"
        file.write_text("\n".join(program) + "\n")
        r = rundown("run", file)
        if r.returncode == 0 or f"{file}:{message[2:]}\n" not in r.stderr:
            complain(f"wrong example {i + 1} is not refused with '{message[2:]}' but:\n{r.stderr}")
    for i, text in enumerate(blocks("plan")):
        file = work / f"plan-{i + 1}.txt"
        file.write_text(re.sub(r"^!", "Wait(1) !", text, flags=re.M))
        r = rundown("show", file)
        if r.returncode != 0 or any(not line.startswith(("#", "!rpc.")) for line in text.splitlines()):
            complain(f"plan {i + 1} is none: {r.stderr}")
    return len(examples), len(blocks("rundown-error"))


def check_generated(work):
    """Each line is a program of its own; all of them go to one process."""
    files = []
    for i in range(GENERATED):
        text = spaced(generate(*rules["line"], "rule line"))
        if not text.strip() or text.strip().startswith(("#", "world", "rundown")):
            text += "\nClientExit()"
        files.append(work / f"generated-{i}.txt")
        files[-1].write_text(text + "\n")
    for start in range(0, GENERATED, 500):
        r = rundown("show", *files[start:start + 500])
        if r.returncode != 0:
            for line in r.stderr.splitlines()[:5]:
                complain(f"the grammar generates what the parser refuses: {line}: "
                         f"{pathlib.Path(line.split(':')[0]).read_text()!r}")
    every = set()
    paths_of(rules["line"][0], "rule line", every, set())
    never = {p for p in every - seen if "rule name" not in p and not re.match(r"rule (h|b)_variable\|1", p)}
    for path in sorted(never)[:5]:
        complain(f"nothing was generated for {path} of the grammar")
    return len(every)


def outside(lines, where):
    for line in lines:
        if LINE.fullmatch(line) is None:
            complain(f"{where} has a line that is not in the grammar: {line}")
            return


def printed(work, calls, name):
    file = work / name
    file.write_bytes(bytes([2, 0, 0, 0]) + b"".join(calls))
    r = rundown("show", file)
    if r.returncode != 0:
        complain(f"rundown show: {r.stderr}")
    return r.stdout.splitlines()


def check_printed(work):
    files = sorted([*ROOT.glob("corpus/session/*.txt"), *ROOT.glob("corpus/regressions/*.txt"), *ROOT.glob("corpus/alphabet/*.txt")])
    if len(files) < 100:
        complain(f"only {len(files)} programs in the corpus")
    for file in files:
        outside(file.read_text().splitlines(), file.name)
    functions = set()
    for start in range(0, DECODED, 200):
        lines = printed(work, [chance.randbytes(36) for _ in range(200)], "random.bin")
        outside(lines, "what rundown prints for bytes")
        functions |= {m.group(1) for line in lines if (m := re.match(r"(?:.*? = )?([A-Za-z]+)\(", line))}
    # Selectors by which the texts are reached.
    names = [f[1] for f in sorted(function_indexes(work).items())]
    for function, argument, title in (("DsIsNTDSOnlineA", 0, "table of servers"), ("DsBackupOpenFileA", 1, "table of files"),
                                      ("DsRestoreRegisterA", 1, "table of path sets"), ("DsSetAuthIdentityA", 0, "table of identities"),
                                      ("Configure", 0, "table of settings")):
        index = names.index(function)
        lines = printed(work, [struct.pack("<BBBBBB", index, 0, text, 0, 0, 0) + bytes(30) for text in range(256)], "texts.bin")
        texts = {arguments(line)[argument] for line in lines}
        listed = TEXTS[title]
        for text in sorted(texts.symmetric_difference(listed)):
            complain(f"the {title} and the program disagree about {text}")
        if len(set(listed)) != len(listed):
            complain(f"the {title} names a text twice")
    return functions


def check_servers():
    """What a call that connects returns for each server name."""
    rows = re.findall(r'^TEXT_SERVER\((NULL|"(?:\\.|[^"\\])*"), (\w+),', (ROOT / "fuzz/program/texts.def").read_text(), re.M)
    start = PAGE.index("\n| server |")
    page = [row[1:] for row in re.findall(r"^\| (`+)(.*?)\1 \|.*\| `(\w+)` \|$", PAGE[start:].split("\n\n")[0], re.M)]
    for server, code in sorted(set(rows) ^ set(page)):
        complain(f"the table of servers and texts.def disagree about {server}: {code}")
    if len(rows) < 10:
        complain(f"only {len(rows)} servers were found in texts.def")


def check_settings():
    """What connecting and starting return with each setting."""
    rows = re.findall(r'^TEXT_SETTING\(("[^"]+"), (\w+), \w+, (\w+),', (ROOT / "fuzz/program/texts.def").read_text(), re.M)
    start = PAGE.index("\n| setting |")
    page = re.findall(r"^\| `(.*?)` \|.*\| `(\w+)` \| `(\w+)` \|$", PAGE[start:].split("\n\n")[0], re.M)
    for setting in sorted(set(rows) ^ set(page)):
        complain(f"the table of settings and texts.def disagree about {setting}")
    if len(rows) < 10:
        complain(f"only {len(rows)} settings were found in texts.def")


def check_output(work):
    """What README.md shows of a sweep is what that prints, up to the words that it leaves out."""
    shown = re.search(r"^    \$ build/release/(rundown sweep .*)\n((?:    [^$].*\n)+)", (ROOT / "README.md").read_text(), re.M)
    words = shown.group(1).split()
    r = rundown(words[1], "--findings", work, *(ROOT / word for word in words[2:]))
    lines = [line[4:].split(" ...")[0] for line in shown.group(2).splitlines()]
    for line in lines:
        if not line.startswith("...") and not any(printed_.startswith(line) for printed_ in r.stdout.splitlines()):
            near = [p_ for p_ in r.stdout.splitlines() if p_.split()[:1] == line.split()[:1]] or r.stdout.splitlines()[-1:]
            complain(f"README.md shows a line that the sweep does not print: {line}\n  it prints: {near[-1] if near else 'nothing'}")
    if len(lines) < 5:
        complain("README.md shows no sweep")


def arguments(line):
    inner = line[line.index("(") + 1:line.rindex(")")]
    return re.findall(r'"(?:\\.|[^"\\])*"|[^,\s]+', inner)


def function_indexes(work):
    lines = printed(work, [bytes([i]) + bytes(35) for i in range(256)], "functions.bin")
    names = [re.match(r"(?:.*? = )?([A-Za-z]+)\(", line).group(1) for line in lines]
    count = len(dict.fromkeys(names))
    if names[:count] * 2 != names[:2 * count] or f"function, modulo {count} |" not in PAGE:
        complain(f"functions are not taken modulo {count} as the page says")
    return dict(enumerate(names[:count]))


def check_codes(work):
    known = re.findall(r"\bCODE\((\w+)\)", next(ROOT.glob("fuzz/**/codes.c")).read_text())
    known = [name for name in known if name != "name"]
    for code in sorted(set(known).symmetric_difference(CODES)):
        complain(f"the codes of the page and of codes.c disagree about {code}")
    file = work / "codes.txt"
    file.write_text("".join(f"Wait({code})\n" for code in CODES))
    r = rundown("show", file)
    if r.returncode != 0:
        complain(f"a code of the page is not known: {r.stderr}")


def main():
    with tempfile.TemporaryDirectory() as name:
        work = pathlib.Path(name)
        examples, wrong = check_examples(work)
        symbols = check_generated(work)
        functions = check_printed(work)
        check_codes(work)
        check_servers()
        check_settings()
        check_output(work)
    if examples < 5 or wrong < 3:
        complain(f"only {examples} examples and {wrong} wrong ones were found")
    if not failed:
        print(f"ok - {examples} examples, {wrong} wrong ones, {symbols} places of the grammar, {GENERATED} generated lines, "
              f"{len(functions)} functions, {len(CODES)} codes")
    return failed


sys.exit(main())
