# SPDX-License-Identifier: Apache-2.0
"""A small source tree with stub engines (stub.py), in a path with blanks, to run campaigns in."""
import json
import os
import pty
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
STUB = Path(__file__).resolve().parent / "stub.py"
DRIVERS = ("session", "handle", "server_pdu", "client_pdu", "ndr")
PATIENCE_S = 120  # how long is waited for what must come


class Bench(unittest.TestCase):
    def setUp(self):
        self.top = Path(tempfile.mkdtemp(prefix="camp aign "))
        self.addCleanup(self.clean)
        self.tree, self.stub = self.top / "a tree", self.top / "stub"
        self.stub.mkdir()
        for folder in ("session", "regressions", *DRIVERS[1:]):
            (self.tree / "corpus" / folder).mkdir(parents=True)
            if folder in ("session", "regressions"):
                (self.tree / "corpus" / folder / f"{folder}-one.txt").write_text(f"Call{folder}W()\n")
            else:
                (self.tree / "corpus" / folder / "one.bin").write_bytes(b"\0one")
        (self.tree / "corpus" / "skipped.txt").write_text("# nothing\n")
        (self.tree / "fuzz" / "drivers").mkdir(parents=True)
        shutil.copy(ROOT / "fuzz" / "drivers" / "corpus.sh", self.tree / "fuzz" / "drivers")
        for flavour in ("asan", "libfuzzer", "libfuzzer-cmp", "afl", "afl-plain", "afl-cmplog", "afl-laf"):
            names = ["rundown", *(f"replay_{d}" for d in DRIVERS)] if flavour == "asan" else [f"fuzz_{d}" for d in DRIVERS]
            for name in names:
                self.link(self.tree / "build" / flavour / name)
        for name in ("afl-fuzz", "afl-showmap"):
            self.link(self.top / "bin" / name)
        self.mark = f"RUNDOWN_TEST={self.top}"
        self.env = {**os.environ, "PATH": f"{self.top / 'bin'}:{os.environ['PATH']}", "STUB": str(self.stub), "PYTHONPATH": str(ROOT),
                    "PYTHONDONTWRITEBYTECODE": "1", "RUNDOWN_TEST": str(self.top)}
        for name in ("RUNDOWN_CLAIMED", "RUNDOWN_SESSION", "COLUMNS"):
            self.env.pop(name, None)

    def clean(self):
        for pid in self.processes():
            os.kill(pid, signal.SIGKILL)
        shutil.rmtree(self.top, ignore_errors=True)

    @staticmethod
    def link(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"#!{sys.executable} -SEB\n" + STUB.read_text(encoding="utf-8"), encoding="utf-8")
        path.chmod(0o755)

    def processes(self):
        """Of this bench, whoever has started them: they carry its mark."""
        found = []
        for name in filter(str.isdigit, os.listdir("/proc")):
            try:
                environment = Path(f"/proc/{name}/environ").read_bytes().split(b"\0")
                state = Path(f"/proc/{name}/stat").read_text(errors="replace").rpartition(")")[2].split()[0]
            except OSError:
                continue
            if self.mark.encode() in environment and state not in "ZX":
                found.append(int(name))
        return found

    def does(self, job, words):
        (self.stub / job).write_text(words)

    def start(self, *words, **more):
        """A campaign of the session driver, unless words say otherwise."""
        words = [str(w) for w in words]
        if "--driver" not in words:
            words += ["--driver", "session"]
        out = open(self.top / "out", "w+", encoding="utf-8")
        self.addCleanup(out.close)
        command = [*more.get("before", ()), sys.executable, "-B", "-m", "fuzz.campaign", "fuzz", "--seed", "1", "--jobs", "2", *words]
        process = subprocess.Popen(command, cwd=self.tree, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT,
                                   env={**self.env, **more.get("env", {})})
        process.out = out
        return process

    def result(self, process):
        """(exit code, output)."""
        code = process.wait(timeout=PATIENCE_S)
        process.out.seek(0)
        self.output = process.out.read()
        return code, self.output

    def fuzz(self, *words, **more):
        return self.result(self.start(*words, **more))

    def on_a_terminal(self, columns, *words, term="xterm"):
        """Lines as they are shown, each with its rewritings."""
        master, slave = pty.openpty()
        env = {**self.env, "COLUMNS": str(columns), "TERM": term}
        process = subprocess.Popen([sys.executable, "-B", "-m", "fuzz.campaign", "fuzz", "--seconds", "3", "--driver", "session", *words], cwd=self.tree,
                                   stdin=slave, stdout=slave, stderr=slave, env=env)
        os.close(slave)
        data = b""
        while True:
            try:
                more = os.read(master, 65536)
            except OSError:
                break
            if not more:
                break
            data += more
        os.close(master)
        self.assertEqual(process.wait(), 0, data)
        return data.decode()

    def corpus(self, *words):
        done = subprocess.run([sys.executable, "-B", "-m", "fuzz.campaign", "corpus", *map(str, words)], cwd=self.tree, env=self.env,
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=PATIENCE_S, check=False)
        return done.returncode, done.stdout + done.stderr

    def wait_for(self, what, condition):
        until = time.monotonic() + PATIENCE_S
        while not condition():
            self.assertLess(time.monotonic(), until, f"{what} did not come")
            time.sleep(0.05)

    def document(self):
        return json.loads((self.tree / "build" / "campaign" / "campaign.json").read_text())

    def kept(self, driver="session"):
        return sorted(p for p in (self.tree / "build" / "corpus" / driver).glob("*") if p.is_file())

    def has_texts(self):
        """Each program that is kept has its text."""
        texts = (self.tree / "build/corpus/session.texts").read_text()
        self.assertEqual(sorted(re.findall(r"^### (\w+)$", texts, re.M)), [p.name for p in self.kept()])

    def said(self, text):
        """What a campaign that runs has said so far."""
        return text in (self.top / "out").read_text(encoding="utf-8")

    def last_line(self):
        return self.output.rstrip().splitlines()[-1]

    def says(self, text):
        self.assertIn(text, self.output)
