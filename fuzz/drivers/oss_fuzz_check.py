#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""
oss_fuzz_check.py OUT SANITIZER ENGINE

Looks at a build for OSS-Fuzz (oss_fuzz.sh) as their bad_build_check and coverage job do, and then runs every seed. The
build is first moved to another folder and run from / by another user (if this one is root), since a target must not
know where it was built. Fails, and says why, if

  - a driver is missing, is no ELF program of this machine, is not recognised as a target, or needs a library that
    their runner does not have;
  - it is instrumented with another sanitizer than the one that was asked for (their thresholds);
  - it does not start, its dictionary is not understood, or its options name no longest input;
  - it has fewer seeds than the corpus has inputs for it, ran fewer than it has, or found something in one;
  - in a coverage build, the seeds of a driver cover nothing of the target.

The last line counts seeds, as `fuzz/drivers/corpus.sh` does: "corpus in NAME: N passed, N failed, 0 skipped".
"""
import collections
import glob
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile

TOP = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
DRIVERS = ("session", "handle", "server_pdu", "client_pdu", "ndr")
WITHOUT_DICTIONARY = ("session",)  # its mutator knows the language
# What the runner has, and what the local compiler links where theirs links an archive.
LIBRARIES = r"linux-vdso|ld-linux|lib(c|m|dl|rt|pthread|resolv|gcc_s|stdc\+\+)\.so"
# Calls of each sanitizer's runtime: at least, at most.
CALLS = {
    "address": {"asan": (1000, None), "ubsan": (0, 200), "msan": (0, 3)},
    "memory": {"msan": (1000, None), "asan": (0, 0)},
    "undefined": {"ubsan": (168, None), "asan": (0, 0), "msan": (0, 0)},
    "coverage": {"asan": (0, 0), "msan": (0, 0), "ubsan": (0, 200)},
}
# As in the runner's image.
ENVIRONMENT = {
    "PATH": "/usr/local/bin:/usr/bin:/bin",
    "LLVM_PROFILE_FILE": "/dev/null",
    "ASAN_OPTIONS": "alloc_dealloc_mismatch=0:allocator_may_return_null=1:allocator_release_to_os_interval_ms=500:"
    "check_malloc_usable_size=0:detect_container_overflow=1:detect_odr_violation=0:detect_leaks=1:"
    "detect_stack_use_after_return=1:fast_unwind_on_fatal=0:handle_abort=1:handle_segv=1:handle_sigill=1:"
    "max_uar_stack_size_log=16:print_scariness=1:quarantine_size_mb=10:strict_memcmp=1:symbolize=1:"
    "use_sigaltstack=1:dedup_token_length=3",
    "MSAN_OPTIONS": "print_stats=1:symbolize=1:dedup_token_length=3",
    "UBSAN_OPTIONS": "print_stacktrace=1:print_summary=1:silence_unsigned_overflow=1:symbolize=1:dedup_token_length=3",
}
NOBODY = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]

problems = []


def problem(text):
    problems.append(text)
    print(f"PROBLEM: {text}")


class Result(collections.namedtuple("Result", "status output")):
    def count(self, pattern):
        return len(re.findall(pattern, self.output, re.M))


def run(command, where, **environment):
    """As another user, from /, with nothing of this environment."""
    done = subprocess.run(
        (NOBODY if os.geteuid() == 0 else []) + command,
        cwd="/",
        env={**ENVIRONMENT, "TMPDIR": where, **environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=600,
        check=False,
    )
    return Result(done.returncode, done.stdout.decode("utf-8", "replace"))


def corpus_count(driver):
    patterns = ["session/*.txt", "regressions/*.txt"] if driver == "session" else [f"{driver}/*.bin"]
    return sum(len(glob.glob(os.path.join(TOP, "corpus", p))) for p in patterns)


def check_program(path, driver, sanitizer):
    with open(path, "rb") as f:
        content = f.read()
    if content[:5] != b"\x7fELF\x02" or not os.access(path, os.X_OK):
        return problem(f"{driver}: no program of this machine")
    if b"LLVMFuzzerTestOneInput" not in content:
        problem(f"{driver}: not recognised as a target")
    libraries = subprocess.run(["ldd", path], stdout=subprocess.PIPE, check=True, text=True).stdout
    for line in libraries.splitlines():
        if not re.search(LIBRARIES, line):
            problem(f"{driver}: needs a library that their runner lacks: {line.split()[0]}")
    code = subprocess.run(
        ["objdump", "-d", "--no-show-raw-insn", path], stdout=subprocess.PIPE, check=True, text=True
    ).stdout
    called = collections.Counter(re.findall(r"callq? +[0-9a-f]+ <__(asan|msan|ubsan|dfsan)", code))
    for name, (least, most) in CALLS[sanitizer].items():
        if called[name] < least or (most is not None and called[name] > most):
            problem(f"{driver}: {called[name]} calls of {name} in a build for {sanitizer}")
    return None


def check_start(path, driver, engine, where):
    if engine == "afl":
        return check_afl(path, driver, where)
    start = [path, "-seed=1337", "-runs=4"]
    if driver not in WITHOUT_DICTIONARY:
        start.append("-dict=" + path + ".dict")
    result = run(start, where)
    if result.status != 0 or "Done 4 runs" not in result.output:
        problem(f"{driver}: does not start:\n{result.output[-2000:]}")
    if "no interesting inputs" in result.output:
        problem(f"{driver}: not instrumented for the engine")
    if driver not in WITHOUT_DICTIONARY and not result.count(r"^Dictionary: [1-9]"):
        problem(f"{driver}: the engine takes no entry of its dictionary")
    return None


def check_afl(path, driver, where):
    inputs, out = os.path.join(where, "in-" + driver), os.path.join(where, "afl-" + driver)
    for folder in (inputs, out):
        os.mkdir(folder)
        os.chmod(folder, 0o777)
    with open(os.path.join(inputs, "dummy"), "wb") as f:
        f.write(b"A" * 8)
    options = ":abort_on_error=1:symbolize=0:detect_odr_violation=0"
    result = run(
        ["afl-fuzz", "-m", "none", "-t", "5000+", "-V", "1", "-i", inputs, "-o", out, "--", path],
        where,
        ASAN_OPTIONS=ENVIRONMENT["ASAN_OPTIONS"] + options,
        MSAN_OPTIONS="exit_code=86:symbolize=0:abort_on_error=1",
        **{
            name: "1"
            for name in (
                "AFL_NO_UI AFL_NO_AFFINITY AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES AFL_SKIP_CPUFREQ AFL_FAST_CAL "
                "AFL_IGNORE_PROBLEMS AFL_IGNORE_UNKNOWN_ENVS"
            ).split()
        },
        AFL_FORKSRV_INIT_TMOUT="30000",
    )
    if "All set and ready to roll" not in result.output:
        problem(f"{driver}: afl-fuzz does not start it:\n{result.output[-2000:]}")


def check_options(path, driver):
    try:
        with open(path + ".options", encoding="utf-8") as f:
            text = f.read()
    except OSError as e:
        return problem(f"{driver}: no options: {e.strerror}")
    if not re.search(r"^\[libfuzzer\]\nmax_len = [0-9]+$", text, re.M):
        problem(f"{driver}: options without the longest input")
    return None


def check_dictionary(path, driver):
    """An entry that no input has is a slip of whoever wrote it."""
    try:
        with open(path + ".dict", encoding="ascii") as f:
            rows = re.findall(r'^(\w+)="(.*)"$', f.read(), re.M)
    except OSError as e:
        return problem(f"{driver}: no dictionary: {e.strerror}")
    corpus = []
    for name in glob.glob(os.path.join(TOP, "corpus", driver, "*.bin")):
        with open(name, "rb") as f:
            corpus.append(f.read())
    for name, text in rows:
        entry = text.encode("ascii").decode("unicode_escape").encode("latin-1")
        if not any(entry in one for one in corpus):
            problem(f"{driver}: no input of the corpus has {name} of its dictionary")
    return None


def unpack_seeds(path, driver, where):
    folder = os.path.join(where, "seeds-" + driver)
    os.mkdir(folder)
    try:
        with zipfile.ZipFile(path + "_seed_corpus.zip") as archive:
            archive.extractall(folder)
    except (OSError, zipfile.BadZipFile) as e:
        problem(f"{driver}: no seeds: {e}")
        return []
    seeds = sorted(glob.glob(os.path.join(folder, "*")))
    if len(seeds) < corpus_count(driver):
        problem(f"{driver}: {len(seeds)} seeds, but the corpus has {corpus_count(driver)} inputs")
    return seeds


# Of libFuzzer's and of AFL++'s driver, one for each input that was run to its end.
RAN = r"^(Executed .* in \d+ ms|Execution successful\.)"


def run_seeds(path, driver, seeds, where):
    """How many passed."""
    whole = run([path, *seeds], where)
    if whole.status == 0:
        if whole.count(RAN) < len(seeds):
            problem(f"{driver}: {len(seeds)} seeds, {whole.count(RAN)} ran")
        return min(whole.count(RAN), len(seeds))
    passed = 0
    for seed in seeds:
        one = run([path, seed], where)
        if one.status == 0 and one.count(RAN) == 1:
            passed += 1
            continue
        said = re.search(r".*(FINDING|ERROR|runtime error).*", one.output)
        problem(f"{driver}: {os.path.basename(seed)}: {said.group(0) if said else one.output[-300:]}")
    if passed == len(seeds):
        problem(f"{driver}: fails on its seeds together, but on none alone:\n{whole.output[-2000:]}")
    return passed


def check_coverage(path, driver, seeds, where):
    """Merges, as their coverage job does, and asks for lines of the target."""
    folder, merged = os.path.dirname(seeds[0]), os.path.join(where, "merged-" + driver)
    os.mkdir(merged)
    os.chmod(merged, 0o777)
    raw = os.path.join(where, driver + ".%1m.profraw")
    result = run([path, "-merge=1", "-timeout=100", merged, folder], where, LLVM_PROFILE_FILE=raw)
    profiles = glob.glob(raw.replace("%1m", "*"))
    if result.status != 0 or not profiles:
        return problem(f"{driver}: no profile of a merge:\n{result.output[-2000:]}")
    data = os.path.join(where, driver + ".profdata")
    subprocess.run(["llvm-profdata-14", "merge", "-sparse", *profiles, "-o", data], check=True)
    summary = subprocess.run(
        ["llvm-cov-14", "export", "-summary-only", "-instr-profile=" + data, path], stdout=subprocess.PIPE, check=True
    ).stdout
    lines = [f["summary"]["lines"] for f in json.loads(summary)["data"][0]["files"] if "/target/" in f["filename"]]
    covered = sum(one["covered"] for one in lines)
    print(f"{driver}: its seeds cover {covered} of {sum(one['count'] for one in lines)} lines of the target")
    if covered == 0:
        problem(f"{driver}: its seeds cover nothing of the target")
    return None


def main():
    out, sanitizer, engine = sys.argv[1:]
    total = passed = 0
    with tempfile.TemporaryDirectory(dir="/tmp") as where:
        os.chmod(where, 0o777)
        moved = os.path.join(where, "moved")
        shutil.copytree(out, moved)
        for driver in DRIVERS:
            path = os.path.join(moved, "fuzz_" + driver)
            if not os.path.exists(path):
                problem(f"{driver}: not built")
                continue
            check_program(path, driver, sanitizer)
            check_options(path, driver)
            if driver not in WITHOUT_DICTIONARY:
                check_dictionary(path, driver)
            if sanitizer != "coverage":
                check_start(path, driver, engine, where)
            seeds = unpack_seeds(path, driver, where)
            total += len(seeds)
            passed += run_seeds(path, driver, seeds, where) if seeds else 0
            if sanitizer == "coverage" and seeds:
                check_coverage(path, driver, seeds, where)
    name = f"oss-fuzz-{sanitizer}" + ("" if engine == "libfuzzer" else "-" + engine)
    failed = max(total - passed, 1 if problems else 0)
    print(f"corpus in {name}: {passed} passed, {failed} failed, 0 skipped")
    return 0 if failed == 0 and passed > 0 else 1


if __name__ == "__main__":
    sys.exit(main())
