#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""references.py BUILD REPOSITORY

Whatever documents, comments, heads of patches and help texts refer to must exist:

- links of Markdown, with their sections; `docs/NAME.md#section` and rows of docs/contract.md anywhere;
- paths of the repository, and names of its files in comments;
- commands of ./build.sh, subcommands of rundown, and options of these, of dsbackup and of ntdsbsrvd;
- programs of a build, functions written as `name()`, labels of tests, variables of the environment.

Before it looks at the repository it shows itself one text of each kind that refers to nothing, and must complain.
"""
import pathlib
import re
import subprocess
import sys

BUILD, ROOT = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve()
TOP = "target|faults|fuzz|corpus|tests|docs|cmake|examples"
SOURCES = (".c", ".h", ".sh", ".py", ".cmake", ".def", ".idl", ".map")

# Files and options that are other people's.
FOREIGN_FILES = {"raw_protocol.py", "windows.h", "ntdsbcli.h", "winerror.h", "ntdsbmsg.h", "cmocka.h", "base16.h", "memops.h",
                 "unistd.h", "stddef.h", "stdint.h", "stdio.h", "crypt.h", "esent.h", "rpcnterr.h", "Ntdsbcli.h"}
FOREIGN_OPTIONS = {"--wrap", "--whole-archive", "--test-dir", "--args", "--preset", "--build", "--shared", "--gc-sections",
                   "--mount"}
# Documents that are not part of the project, or are no longer.
GONE = r"\bDESIGN(?:\.md)?[ ,]+(?:§ ?)?\d|\bDESIGN\.md|\bapi-facts|\bhouse\.md|\.\./shared|\bSTYLE\.md"


def run(*command):
    return subprocess.run([str(c) for c in command], capture_output=True, text=True, errors="replace", check=False, cwd=ROOT)


def listed_files():
    r = run("git", "ls-files", "--cached", "--others", "--exclude-standard")
    if r.returncode == 0:
        names = [n for n in r.stdout.splitlines() if (ROOT / n).exists()]
    else:  # a tree without git
        names = [str(p.relative_to(ROOT)) for p in ROOT.rglob("*") if p.is_file()]
    return [n for n in names if not n.startswith(("build/", "findings/", ".git/"))]


FILES = listed_files()
FOLDERS = {str(parent) for n in FILES for parent in pathlib.PurePath(n).parents} - {"."}
BASENAMES = {pathlib.PurePath(n).name for n in FILES}


def read(name):
    return (ROOT / name).read_text(errors="replace")


def options_of(text):
    return set(re.findall(r"(?<![\w-])--?[a-z][a-z-]*", text))


def help_of(*command):
    r = run(*command)
    return r.stdout if r.returncode == 0 else ""


HELP = {"build.sh": help_of("bash", "build.sh", "help")}
for program in ("rundown", "dsbackup", "ntdsbsrvd", "scenarios_toy"):
    HELP[program] = help_of(BUILD / program, "--help")
BUILD_COMMANDS = set(re.findall(r"^  ([a-z]+)\b", HELP["build.sh"], re.M))
SUBCOMMANDS = set(re.findall(r"^  ([a-z]+)\b", HELP["rundown"], re.M)) | {"help"}
for name in sorted(SUBCOMMANDS):  # an option of a subcommand may stand in its own help alone
    HELP[f"rundown {name}"] = help_of(BUILD / "rundown", name, "--help")
OPTIONS = {name: options_of(text) | {"--help", "--version", "--help-man"} for name, text in HELP.items()}
EVERY_OPTION = set().union(*OPTIONS.values())

CODE = {n: read(n) for n in FILES if n.endswith(SOURCES) or pathlib.PurePath(n).name in ("CMakeLists.txt", "run", "build.sh")}
IDENTIFIERS = set(re.findall(r"[A-Za-z_][A-Za-z0-9_]+", "\n".join(text for n, text in CODE.items() if not n.endswith("references.py"))))
ROWS = set(re.findall(r"^\| `([a-z]+[a-z0-9-]*\.[a-z0-9-]+)` \|", read("docs/contract.md"), re.M)) if "docs/contract.md" in FILES else set()


def sections(name):
    """Anchors as GitHub makes them."""
    anchors, text = set(), re.sub(r"^```.*?^```$", "", read(name), flags=re.M | re.S)
    for heading in re.findall(r"^#+ +(.*?) *$", text, re.M):
        slug = re.sub(r"[^\w\- ]", "", re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", heading).lower()).replace(" ", "-")
        n = 0
        while (f"{slug}-{n}" if n else slug) in anchors:
            n += 1
        anchors.add(f"{slug}-{n}" if n else slug)
    return anchors


def exists(path):
    path = path.rstrip("/")
    if any(c in path for c in "*?["):
        return bool(list(ROOT.glob(path)))
    return path in FOLDERS or (ROOT / path).is_file()


def spans(text):
    """Code of a Markdown text: backquoted spans, fenced and indented lines."""
    for block in re.findall(r"^```[a-z-]*\n(.*?)^```$", text, re.M | re.S):
        yield from block.splitlines()
    text = re.sub(r"^```.*?^```$", "", text, flags=re.M | re.S)
    for line in re.findall(r"^    (.*)$", text, re.M):
        yield line
    text = re.sub(r"^    .*$", "", text, flags=re.M)
    for span in re.findall(r"`([^`]+)`", text):
        yield " ".join(span.split())


def comments(name, text):
    if name.endswith((".c", ".h", ".idl", ".def")):
        return "\n".join(re.findall(r"/\*.*?\*/", text, re.S))
    return "\n".join(re.findall(r"(?:^|\s)#(.*)$", text, re.M))


def check_command(line):
    """A line of code or a span: the programs that it runs, their subcommands and options."""
    for part in re.split(r" \| |;|&&|(?<= )#", line):
        words = part.split()
        while words and re.fullmatch(r"[A-Z_]+=\S*|\$|sudo|bash|time", words[0]):
            words.pop(0)
        if not words:
            continue
        program = words[0].split("/")[-1] if re.match(r"\.?/|build/|[^/]+$|\(", words[0]) else ""
        if program == "build.sh":
            command = words[1] if len(words) > 1 else "help"
            if re.fullmatch(r"[a-z]+", command) and command not in BUILD_COMMANDS:
                yield f"./build.sh has no command '{command}'"
            known = OPTIONS["build.sh"] | (OPTIONS["rundown"] if command in ("sweep", "enumerate") else set())
        elif program == "rundown" and len(words) > 1 and re.fullmatch(r"--?[a-z]+|[a-z]+", words[1]):
            command = words[1]
            if not command.startswith("-") and command not in SUBCOMMANDS:
                yield f"rundown has no subcommand '{command}'"
            known = OPTIONS["rundown"] | OPTIONS.get(f"rundown {command}", set())
        elif program in ("dsbackup", "ntdsbsrvd"):
            known = OPTIONS[program]
        elif len(words) == 1 and re.match(r"--[a-z]", words[0]):
            known = EVERY_OPTION | FOREIGN_OPTIONS
        else:
            continue
        for word in words:
            m = re.match(r"(--[a-z][a-z-]*)", word)
            if m and m.group(1) not in known:
                yield f"no option {m.group(1)} in the help of {program}"


def check_paths(text):
    for path in re.findall(rf"(?<![\w./${{}}>^-])((?:{TOP})/[\w./*?\[\]-]*)(?![\w$({{<>%@+=]|\.\.\.)", text):
        path = path.rstrip(".")
        if not exists(path) and not re.search(r"(^|/)(NN|NAME|FILE|FLAVOUR|FOLDER|folder|X)\b", path):
            yield f"there is no {path}"


def check_everywhere(text):
    """What any text is held to."""
    for m in re.finditer(GONE, text):
        yield f"'{m.group(0)}' is not a document of this project"
    for name, section in re.findall(r"\b(docs/[\w-]+\.md)#([\w-]+)", text):
        if exists(name) and section not in sections(name):
            yield f"{name} has no section #{section}"
    for row in re.findall(r"(?:docs/contract\.md,? |\bcontract: )([a-z]+[a-z0-9-]*\.[a-z0-9-]+)\b(?!/)", text):
        if row not in ROWS:
            yield f"docs/contract.md has no row {row}"
    for command in re.findall(r"\./build\.sh ([a-z]+)\b", text):
        if command not in BUILD_COMMANDS:
            yield f"./build.sh has no command '{command}'"


def check_markdown(name, text):
    folder = pathlib.PurePath(name).parent
    prose = re.sub(r"^```.*?^```$", "", text, flags=re.M | re.S)
    prose = re.sub(r"`[^`]*`", "", re.sub(r"^    .*$", "", prose, flags=re.M))
    for link in re.findall(r"\]\(([^)\s]+)\)", prose):
        if re.match(r"[a-z]+:", link):
            continue
        path, _, section = link.partition("#")
        target = pathlib.PurePath(name) if not path else pathlib.PurePath(*normal(folder / path))
        if not exists(str(target)):
            yield f"a link to {link}, which is not there"
        elif section and section not in sections(str(target)):
            yield f"a link to {link}: there is no such section"
    for span in spans(text):
        yield from check_command(span)
        for flavour, program in re.findall(r"\bbuild/(release|asan|FLAVOUR)/([\w/-]+)", span):
            if program != "NAME" and not (BUILD / program).exists():
                yield f"there is no build/{flavour}/{program}"
        for function in re.findall(r"^([a-z_][a-z0-9_]+)\(\)$", span):
            if function not in IDENTIFIERS:
                yield f"there is no function {function}()"
        for file in re.findall(r"^([\w-]+\.(?:c|h|sh|py|def|cmake))$", span):
            if file not in BASENAMES | FOREIGN_FILES:
                yield f"there is no file named {file}"


def normal(path):
    parts = []
    for part in path.parts:
        if part == ".." and parts:
            parts.pop()
        elif part != ".":
            parts.append(part)
    return parts


def check_comments(text):
    for file in re.findall(r"(?<![\w./*-])(?<!> )([a-z][\w-]*\.(?:c|h|sh|md|def))\b(?!\.)", text):
        if file not in BASENAMES | FOREIGN_FILES:
            yield f"there is no file named {file}"
    for span in re.findall(r"`([^`\n]+)`", text):
        yield from check_command(span)


def check(name, text):
    yield from check_everywhere(text)
    if name.endswith(".md"):
        if name != "CHANGELOG.md":  # it says what was where
            yield from check_paths(text)
        yield from check_markdown(name, text)
    elif name.endswith(".patch"):
        head = text.split("\n---\n")[0]
        yield from check_paths(head)
        yield from check_comments(head)
    elif name.endswith((".c", ".h", ".idl", ".def")):
        yield from check_paths(comments(name, text))
        yield from check_comments(comments(name, text))
    elif name.endswith(SOURCES) or name in ("build.sh", ".ci/run", "docs/gdbinit"):
        yield from check_paths(text)
        yield from check_comments(comments(name, text))
    elif name.endswith((".yml", ".json", "CMakeLists.txt", "faults/unreached.txt", "corpus/counts")):
        yield from check_paths(text)


def table(text, head):
    """The names in the first column of each table with that head."""
    names = []
    for rows in re.findall(rf"^\| {head} \|.*\n\|[-|]*\n((?:\|.*\n)+)", text, re.M):
        for row in rows.splitlines():
            names += re.findall(r"`([^`]+)`", row.split("|")[1])
    return set(names)


def check_environment(page):
    """Variables that C asks for, and those of our prefixes that scripts read."""
    read_ = set()
    for name, text in CODE.items():
        if name.endswith(".c") and not name.startswith(("tests/target/", "tests/world/")):
            read_ |= set(re.findall(r"getenv\(\"(\w+)\"\)", text))
        if name.endswith(".sh") or name == ".ci/run":
            read_ |= set(re.findall(r"\$\{((?:RUNDOWN|CI|NTDSBCLI)_\w+):?[-+=?]", text))
    named = table(page, "variable")
    for variable in sorted(read_ ^ named):
        yield f"the variable {variable} is " + ("read, but not in docs/hacking.md" if variable in read_ else "in docs/hacking.md, but not read")
    if len(named) < 5:
        yield f"only {len(named)} variables were found in docs/hacking.md"


def check_labels(page):
    r = run("ctest", "--test-dir", BUILD, "--print-labels")
    labels = set(re.findall(r"^  (\w+)$", r.stdout, re.M)) - {"All"}
    named = table(page, "label")
    for label in sorted(labels ^ named):
        yield f"the label {label} is " + ("in use, but not in docs/hacking.md" if label in labels else "in docs/hacking.md, but no test has it")


def check_gdbinit(text):
    text = re.sub(r"^document.*?^end$", "", text, flags=re.M | re.S)
    text = re.sub(r"^#.*$|\"[^\"]*\"", "", text, flags=re.M)
    functions = ["".join(f) for f in re.findall(r"\bt?break ([a-z_]+)|\b([a-z_]{4,})\(", text)]
    for function in functions:
        if function not in IDENTIFIERS | {"fflush"}:
            yield f"there is no function {function}()"
    if len(functions) < 5:
        yield f"only {len(functions)} functions were found"


# A text of each kind that refers to nothing, and what must be said about it.
WRONG = [
    ("docs/x.md", "[x](nowhere.md)\n", "a link to nowhere.md"),
    ("docs/x.md", "[x](faults.md#nowhere)\n", "no such section"),
    ("docs/x.md", "    code\n\n[x](nowhere.md)\n", "a link to nowhere.md"),
    ("docs/x.md", "`docs/faults.md#nowhere`\n", "no section #nowhere"),
    ("docs/x.md", "see `fuzz/nowhere.c`\n", "no fuzz/nowhere.c"),
    ("docs/x.md", "see `nowhere.c`\n", "no file named nowhere.c"),
    ("docs/x.md", "see `nowhere_at_all()`\n", "no function nowhere_at_" + "all()"),
    ("docs/x.md", "    build/release/nowhere x\n", "no build/release/nowhere"),
    ("docs/x.md", "`./build.sh nowhere`\n", "no command 'nowhere'"),
    ("docs/x.md", "    ./build.sh fuzz --nowhere 3\n", "no option --nowhere"),
    ("docs/x.md", "`rundown nowhere`\n", "no subcommand 'nowhere'"),
    ("docs/x.md", "`rundown run --nowhere`\n", "no option --nowhere"),
    ("docs/x.md", "```\ndsbackup --nowhere status\n```\n", "no option --nowhere"),
    ("docs/x.md", "`ntdsbsrvd --store X --nowhere`\n", "no option --nowhere"),
    ("docs/x.md", "the option `--nowhere`\n", "no option --nowhere"),
    ("fuzz/x.c", "/* As tests/nowhere.sh has it. */\n", "no tests/nowhere.sh"),
    ("fuzz/x.h", "/* As nowhere.h has it. */\n", "no file named nowhere.h"),
    ("fuzz/x.c", "/* Made by `rundown nowhere`. */\n", "no subcommand 'nowhere'"),
    ("fuzz/x.c", "/* ours: docs/contract.md" " no.where */\n", "no row no.where"),
    ("tests/x.sh", "bash tests/nowhere.sh\n", "no tests/nowhere.sh"),
    ("tests/x.sh", "# run ./build.sh nowhere\n", "no command 'nowhere'"),
    ("tests/x.patch", "Rule: x (docs/contract.md" " no.where)\n---\n", "no row no.where"),
    ("tests/x.patch", "Precedent: DE" + "SIGN 3\n---\n", "not a document"),
    ("help", "see docs/nowhere.md\n", "no docs/nowhere.md"),
]
RIGHT = [
    ("docs/x.md", "[x](faults.md#shapes) `docs/faults.md#shapes` `./build.sh fuzz --seconds 3` `rundown run --least 3 FILE`\n"),
    ("fuzz/x.c", "/* docs/faults.md, `rundown faults` */\nconst char *nowhere = \"tests/nowhere.sh\";\n"),
]


def main():
    failed = 0

    def complain(where, complaint):
        nonlocal failed
        failed = 1
        print(f"not ok - {where}: {complaint}")

    def checked(name, text):
        return list(check_paths(text)) + list(check_everywhere(text)) if name == "help" else list(check(name, text))

    for name, text, expected in WRONG:
        if not any(expected in c for c in checked(name, text)):
            complain("this test", f"'{text.strip()}' in {name} went unnoticed: {checked(name, text)}")
    for name, text in RIGHT:
        for c in checked(name, text):
            complain("this test", f"'{text.strip()}' in {name}: {c}")

    texts = 0
    for name in FILES:
        if name == "tests/repository/references.py" or name.startswith("corpus/") or not (ROOT / name).is_file():
            continue
        try:
            text = (ROOT / name).read_text()
        except UnicodeDecodeError:
            continue
        texts += 1
        for c in sorted(set(check(name, text))):
            complain(name, c)
    for name, text in HELP.items():
        if not text and " " not in name:
            complain(name, "no help")
        for c in checked("help", text):
            complain(f"the help of {name}", c)
    if "docs/hacking.md" in FILES:
        for c in [*check_environment(read("docs/hacking.md")), *check_labels(read("docs/hacking.md"))]:
            complain("docs/hacking.md", c)
        for c in check_gdbinit(read("docs/gdbinit")):
            complain("docs/gdbinit", c)
    if texts < 300 or len(ROWS) < 50:
        complain("this test", f"only {texts} texts and {len(ROWS)} rows of the contract were found")
    if not failed:
        print(f"ok - {texts} texts, {len(HELP)} helps, {len(ROWS)} rows of the contract; {len(WRONG)} wrong references were noticed")
    return failed


sys.exit(main())
