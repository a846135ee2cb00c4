#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""calls.py [FOLDER]

What forty C libraries of Debian (archives.txt) call of the C library, ranked by how many call it, and what the world makes of it:

  simulated  it is in faults/seam/wrapped.txt or aliases.txt: it can fail, and the ledger sees what it acquires
  passed     it goes to the real C library, and no manual page says that it fails for a reason outside of the program
  named      it goes to the real C library, and could fail: the world does not break it, and the ledger does not see it

The archives are taken out of their packages, and the manual pages out of manpages-dev, in FOLDER (default build/calls), without
installing them. Exit code 77, after "skipped: REASON": they cannot be had.
"""
import gzip
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

HERE = Path(__file__).resolve().parent
SEAM = HERE.parents[2] / "faults/seam"
MOST_NAMED = 24
# What a call fails with however right its arguments are.
OUTSIDE = re.compile(r"errors specified for|\b(EACCES|EAGAIN|EBUSY|ECONN\w+|EDQUOT|EINTR|EIO|EMFILE|ENFILE|ENOBUFS|ENOENT|ENOMEM|ENOSPC|EPERM|ETIMEDOUT)\b")
# Of glibc alone; what they check is done by the function of the plain name.
CHECKED = re.compile(r"__(?:isoc99_|isoc23_)?(\w+?)_chk$|__isoc(?:99|23)_(\w+)$|^__(\w+?)_2$")


def rows(path):
    return [line.split() for line in path.read_text(encoding="ascii").splitlines() if line.strip() and not line.startswith("#")]


def fetch(folder, packages):
    """Their files below FOLDER; each package is downloaded once."""
    folder.mkdir(parents=True, exist_ok=True)
    missing = [name for name in packages if not any(folder.glob(f"{name}_*.deb"))]
    if missing and subprocess.run(["apt-get", "download", "-q", *missing], cwd=folder, check=False, capture_output=True).returncode:
        print("skipped: the packages cannot be downloaded")
        sys.exit(77)
    for package in folder.glob("*.deb"):
        if not (folder / package.stem).is_dir():
            subprocess.run(["dpkg-deb", "-x", str(package), str(folder / package.stem)], check=True)


def symbols(words, path):
    out = subprocess.run([*words, str(path)], check=True, capture_output=True, text=True).stdout
    return [(line.split()[-2], line.split()[-1]) for line in out.splitlines() if len(line.split()) >= 2]


def calls_of(archive, known):
    """The functions of the C library that the archive needs."""
    found = symbols(["nm"], archive)
    own = {name for kind, name in found if kind != "U"}
    return ({name for kind, name in found if kind == "U"} - own) & known


def exported():
    """The functions of the C library that runs here."""
    paths = {line.split()[2] for line in subprocess.run(["ldd", sys.executable], check=True, capture_output=True, text=True).stdout.splitlines()
             if re.match(r"\s*lib(c|m)\.so", line)}
    return {name.split("@")[0] for path in paths for kind, name in symbols(["nm", "-D", "--defined-only"], path) if kind in "TWi"}


def page_of(folder, name, section):
    path = next(iter(folder.glob(f"manpages-dev_*/usr/share/man/man{section}/{name}.{section}.gz")), None)
    if path is None:
        return None
    text = gzip.open(path, "rt", encoding="utf-8", errors="replace").read()
    linked = re.match(r"\.so man(\d)/(\S+)\.\d", text)
    return page_of(folder, linked[2], linked[1]) if linked else text


def can_fail(folder, name):
    """Its page names such an error, or it works on a stream, of which pages say little."""
    page = page_of(folder, name, 2)
    page = page_of(folder, name, 3) if page is None else page
    if page is None:
        return False
    parts = dict(re.findall(r"^\.S[Hh] \"?([A-Z ]+?)\"?\n(.*?)(?=^\.S[Hh] |\Z)", page, re.S | re.M))
    if re.search(rf"\b{name}\([^;]*FILE", re.sub(r"\\f.|\"", "", parts.get("SYNOPSIS", ""))):
        return True
    return bool(OUTSIDE.search(parts.get("ERRORS", "") + parts.get("RETURN VALUE", "")))


def plain(name):
    """read of __read_chk, stat of stat64."""
    checked = CHECKED.match(name)
    name = next(filter(None, checked.groups()), name) if checked else name
    return name[:-2] if name.endswith("64") else name


def check_unseen(named, answered):
    """A program of scenarios names what faults/seam/unseen.txt has."""
    listed = {name for row in rows(SEAM / "unseen.txt") for name in row}
    for wrong, what in (named - listed, "it lacks"), (listed & answered, "the world answers"):
        if wrong:
            sys.exit(f"faults/seam/unseen.txt: {what} {' '.join(sorted(wrong))}")


def main():
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "build/calls").resolve()
    archives = rows(HERE / "archives.txt")
    fetch(folder, [package for package, _ in archives] + ["manpages-dev"])
    answered = {row[0] for name in ("wrapped.txt", "aliases.txt") for row in rows(SEAM / name)}
    known, callers, kinds, whole = exported(), Counter(), {}, 0
    for package, archive in archives:
        path = next(folder.glob(f"{package}_*/usr/lib/**/{archive}"), None)
        if path is None:
            sys.exit(f"{package} has no {archive}")
        calls = calls_of(path, known)
        callers.update(calls)
        for name in calls - set(kinds):
            kinds[name] = "simulated" if name in answered else "named" if can_fail(folder, plain(name)) else "passed"
        whole += all(kinds[name] != "named" for name in calls)
    check_unseen({name for name in kinds if kinds[name] == "named"}, answered)
    print(f"{len(archives)} libraries call {len(callers)} functions of the C library; {whole} of them none that is named.")
    print(f"\n{'':10} {'functions':>10} {'share':>6} {'calls, by library':>18} {'share':>6}")
    for kind in ("simulated", "passed", "named"):
        of = [name for name in kinds if kinds[name] == kind]
        pairs = sum(callers[name] for name in of)
        print(f"{kind:10} {len(of):10} {len(of) / len(kinds):6.0%} {pairs:18} {pairs / sum(callers.values()):6.0%}")
    ranked = sorted((name for name in kinds if kinds[name] == "named"), key=lambda name: (-callers[name], name))
    print("\nnamed, by how many libraries call it:")
    print("  " + " ".join(f"{name} {callers[name]}" for name in ranked[:MOST_NAMED]))


if __name__ == "__main__":
    main()
