#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Campaigns with stub engines: what they survive, what they say, and what they leave behind."""
import os
import re
import signal
import subprocess
import sys
import time
import unittest

from bench import Bench


class Verdicts(Bench):
    def test_without_a_finding_it_says_what_was_covered_and_where_things_lie(self):
        code, _ = self.fuzz("--seconds", 2)
        self.assertEqual(code, 0, self.output)
        self.assertEqual(self.last_line(), "Nothing found.")
        self.says("42 of 100 edges")
        self.says("build/campaign/campaign.json")
        self.says("Worth keeping")
        self.says("Next: a longer campaign")
        document = self.document()
        self.assertEqual([document[k] for k in ("format", "version", "seed", "seconds", "cores", "verdict", "findings")],
                         ["rundown campaign", 1, 1, 2, 2, "nothing found", []])
        self.assertEqual([(j["driver"], j["engine"], j["role"], j["seconds_asked"], j["problem"]) for j in document["jobs"]],
                         [("session", "libfuzzer", "plain", 2, None), ("session", "afl", "main", 2, None)])
        for job in document["jobs"]:
            self.assertGreaterEqual(job["executions"], 1000)
            self.assertGreaterEqual(job["seconds_done"], 2)
            self.assertTrue(job["curve"] and all(len(point) == 4 for point in job["curve"]))
            self.assertEqual(job["curve"], sorted(job["curve"]))

    def test_each_cause_is_told_once_and_afl_goes_on(self):
        self.does("session-libfuzzer", "find")
        self.does("session-afl", "find")
        code, _ = self.fuzz("--seconds", 4)
        self.assertEqual(code, 1, self.output)
        self.assertEqual(self.last_line(), "2 distinct finding(s) in findings/")
        self.assertEqual(self.output.count("=== finding"), 2, self.output)
        self.says("signature leak:a, seen 2 times: findings/leak-a-00000001")
        self.says("signature leak:b, seen 1 time: findings/leak-b-00000001")
        self.assertEqual(sorted(p.name for p in (self.tree / "findings").iterdir()), ["leak-a-00000001", "leak-b-00000001"])
        document = self.document()
        self.assertEqual((document["verdict"], sorted(document["findings"])), ("findings", ["leak-a-00000001", "leak-b-00000001"]))
        self.assertEqual([j["findings"] for j in document["jobs"]], [1, 2])
        self.assertGreaterEqual(document["jobs"][1]["seconds_done"], 4)
        code, _ = self.fuzz("--seconds", 2)
        self.assertEqual((code, self.last_line()), (0, "Nothing found."), "a finding is found for ever")

    def test_a_finding_that_is_saved_already_is_known(self):
        self.does("session-libfuzzer", "find")
        self.fuzz("--seconds", 2, "--engine", "libfuzzer", "--jobs", 1)
        (self.stub / "session-libfuzzer.found").unlink()
        code, _ = self.fuzz("--seconds", 2, "--engine", "libfuzzer", "--jobs", 1)
        self.assertEqual(code, 1, self.output)
        self.says("FOUND leak:a by session/libfuzzer-plain")
        self.says("known since 2026-01-31")

    def test_without_a_place_to_save_it_a_finding_is_told_all_the_same(self):
        self.does("session-libfuzzer", "find")
        (self.tree / "findings").write_text("this is no folder")
        code, _ = self.fuzz("--seconds", 2, "--engine", "libfuzzer", "--jobs", 1)
        self.assertEqual(code, 1)
        self.says("leak:a")
        self.says("could not be saved")

    def test_a_program_of_the_corpus_that_fails_does_not_keep_it_from_starting(self):
        (self.tree / "corpus" / "session/bad.txt").write_text("FAIL x\n")
        (self.tree / "corpus" / "regressions/none.txt").write_text("no program\n")
        code, _ = self.fuzz("--seconds", 2)
        self.assertEqual(code, 1, self.output)
        self.assertRegex(self.output, "FAILS: corpus.session.bad")
        self.says("signature leak:x")
        self.assertEqual([j["seconds_done"] >= 2 for j in self.document()["jobs"]], [True, True])
        self.assertRegex(self.last_line(), r"1 distinct finding\(s\) in findings/; \d of the corpus fail")

    def test_a_kept_input_that_fails_is_a_finding_and_is_kept_no_longer(self):
        self.fuzz("--seconds", 2)
        (self.tree / "build/corpus/session/9f2").write_bytes(b"FAIL y")
        code, _ = self.fuzz("--seconds", 2)
        self.assertEqual(code, 1, self.output)
        self.says("leak:y")
        self.says("by the kept corpus of session")
        self.assertFalse(any(b"FAIL" in p.read_bytes() for p in self.kept()))

    def test_less_than_was_asked_is_not_finished_by_the_engines_own_words(self):
        for engine in ("libfuzzer", "afl"):
            self.does(f"session-{engine}", "short")
            code, _ = self.fuzz("--seconds", 4, "--engine", engine, "--jobs", 1)
            self.assertEqual(code, 1, self.output)
            self.says("did 2 of 4 s")
            self.assertTrue(self.last_line().startswith("Not finished: 1 problem(s)"), self.last_line())
            self.assertEqual(self.document()["verdict"], "not finished")

    def test_rounds_are_told_and_share_the_time(self):
        code, _ = self.fuzz("--seconds", 10, "--driver", "all", "--verbose")
        self.assertEqual(code, 0, self.output)
        self.says("10 jobs on 2 cores, 5 rounds, 10 s")
        self.says("Round 5 of 5: ndr, 1 s")
        self.assertEqual([j["seconds_asked"] for j in self.document()["jobs"]], [4, 4, 2, 2, 2, 2, 1, 1, 1, 1])


class Survival(Bench):
    def test_a_program_that_has_vanished_is_said_and_the_others_go_on(self):
        (self.tree / "build/libfuzzer/fuzz_session").unlink()
        code, _ = self.fuzz("--seconds", 3)
        self.assertEqual(code, 1, self.output)
        self.says("session/libfuzzer-plain: did 0 of 3 s")
        self.says("cannot be started: No such file or directory")
        self.assertGreaterEqual(self.document()["jobs"][1]["seconds_done"], 3)
        self.assertTrue(self.last_line().startswith("Not finished"))
        self.assertTrue(any(b"found by afl" in p.read_bytes() for p in self.kept()), "what AFL++ has found is lost")

    def test_an_engine_that_ends_without_a_word_is_started_again(self):
        self.does("session-libfuzzer", "die-once")
        campaign = self.start("--seconds", 600, "--engine", "libfuzzer", "--jobs", 1)
        log = self.tree / "build/campaign/run/session/libfuzzer-plain/log.2"
        self.wait_for("a second process at work", lambda: log.exists() and "NEW" in log.read_text())
        campaign.send_signal(signal.SIGINT)
        self.result(campaign)
        self.says("session/libfuzzer-plain: ended without a word")

    def test_after_a_finding_libfuzzer_goes_on(self):
        self.does("session-libfuzzer", "find")
        campaign = self.start("--seconds", 600, "--engine", "libfuzzer", "--jobs", 1)
        log = self.tree / "build/campaign/run/session/libfuzzer-plain/log.2"
        self.wait_for("a second process at work", lambda: log.exists() and "NEW" in log.read_text())
        campaign.send_signal(signal.SIGINT)
        self.result(campaign)
        self.assertEqual(self.document()["jobs"][0]["findings"], 1)

    def test_an_engine_that_refuses_is_quoted(self):
        self.does("session-afl", "die")
        code, _ = self.fuzz("--seconds", 3)
        self.assertEqual(code, 1, self.output)
        self.says("PROGRAM ABORT : the stub was told to die")
        self.assertGreaterEqual(self.document()["jobs"][0]["seconds_done"], 3)

    def test_a_full_disk_is_said_and_what_was_found_is_kept(self):
        folder = self.tree / "build" / "campaign"
        folder.mkdir()
        mount = ["unshare", "-m", "bash", "-c", 'mount -t tmpfs -o size=40m none "$0" && exec "$@"', str(folder)]
        if subprocess.run([*mount, "true"], capture_output=True, check=False).returncode != 0:
            self.skipTest("a disk of its own takes root")
        self.does("session-libfuzzer", "fill")
        code, _ = self.fuzz("--seconds", 6, before=mount)
        self.assertEqual(code, 1, self.output)
        self.says("PROBLEM: the disk is full")
        self.assertTrue(self.last_line().startswith("Not finished"), self.last_line())
        self.assertNotIn("Traceback", self.output)
        self.assertTrue(any(b"found by libfuzzer 9000" in p.read_bytes() for p in self.kept()), "what was found before is lost")

    def interrupt(self, number):
        for engine in ("libfuzzer", "afl"):
            self.does(f"session-{engine}", "find deaf")
        campaign = self.start("--seconds", 600)
        self.wait_for("findings", lambda: self.said("FOUND leak:a") and self.said("FOUND leak:b"))
        campaign.send_signal(number)
        code, _ = self.result(campaign)
        self.assertEqual(code, 128 + number, self.output)
        self.assertEqual(self.processes(), [])
        self.says("session     afl-main")
        self.says("signature leak:a")
        self.assertTrue(self.last_line().startswith("Interrupted: there is no verdict. 2 distinct"), self.last_line())
        self.assertNotIn("Nothing found", self.output)
        self.assertEqual(self.document()["verdict"], "interrupted")

    def test_ctrl_c_ends_it_once_with_all_that_it_started(self):
        self.interrupt(signal.SIGINT)

    def test_sigterm_ends_it_too(self):
        self.interrupt(signal.SIGTERM)

    def test_what_was_not_examined_is_kept_for_the_next_one(self):
        self.does("session-libfuzzer", "find")
        (self.tree / "build/asan/rundown").rename(self.top / "rundown")
        self.link_slow_rundown()
        campaign = self.start("--seconds", 600, "--engine", "libfuzzer", "--jobs", 1)
        self.wait_for("the examination", lambda: (self.stub / "examining").exists())
        campaign.send_signal(signal.SIGINT)
        self.assertEqual(self.result(campaign)[0], 130)
        self.says("1 inputs that show findings are in build/campaign/unexamined")
        self.assertEqual([p.read_bytes() for p in (self.tree / "build/campaign/unexamined/session").iterdir()], [b"FAIL a by libfuzzer"])
        (self.top / "rundown").rename(self.tree / "build/asan/rundown")
        code, _ = self.fuzz("--seconds", 2, "--engine", "libfuzzer", "--jobs", 1)
        self.assertEqual(code, 1)
        self.says("=== finding 1: session, by an earlier campaign")
        self.says("signature leak:a")

    def link_slow_rundown(self):
        """Examines for ever."""
        path = self.tree / "build/asan/rundown"
        path.write_text(f'#!/bin/sh\nif [ "$1" = findings ]; then touch "$STUB/examining"; sleep 1000; fi\nexec "{self.top}/rundown" "$@"\n')
        path.chmod(0o755)

    def test_a_killed_one_leaves_no_process_and_is_picked_up(self):
        self.does("session-libfuzzer", "find")
        campaign = self.start("--seconds", 600)
        folder = self.tree / "build/campaign/run/session"
        self.wait_for("inputs", lambda: len(list(folder.glob("corpus/*"))) > 20 and list(folder.glob("afl/*/queue/*"))
                      and (self.tree / "findings").exists())
        campaign.kill()
        campaign.wait()
        self.wait_for("the end of all processes", lambda: not self.processes())
        inputs = {p.read_bytes() for p in folder.glob("corpus/*") if p.name[0] != "."}
        code, _ = self.fuzz("--seconds", 2)
        self.assertRegex(self.output, r"Going on where an earlier campaign was ended: \d+ inputs, 1 that show findings")
        self.assertEqual(code, 1, "what the killed one has found is forgotten")
        self.assertLessEqual(inputs, {p.read_bytes() for p in self.kept()})
        self.has_texts()

    def test_without_time_to_minimise_there_are_texts_all_the_same(self):
        self.does("session-libfuzzer", "slow-merge")
        code, _ = self.fuzz("--seconds", 2)
        self.assertEqual(code, 0, self.output)
        self.says("for the next campaign to minimise: not done in")
        self.assertTrue(self.kept())
        self.has_texts()

    def test_a_second_one_says_why_not_and_harms_nothing(self):
        first = self.start("--seconds", 4)
        self.wait_for("the first one", lambda: (self.tree / "build/campaign/run/session/start").exists())
        second = subprocess.run([sys.executable, "-B", "-m", "fuzz.campaign", "fuzz", "--seconds", "1"], cwd=self.tree, env=self.env,
                                capture_output=True, text=True, check=False)
        self.assertEqual(second.returncode, 1)
        self.assertIn(f"another campaign is running in this checkout (process {first.pid})", second.stderr)
        self.assertEqual(self.result(first)[0], 0, self.output)


class Corpora(Bench):
    def test_the_corpus_grows_and_is_kept_as_text_too(self):
        self.fuzz("--seconds", 2)
        first = {p.read_bytes() for p in self.kept()}
        self.assertGreater(len(first), 10)
        self.assertFalse(any(data.startswith(b"Call") for data in first), "what the repository has is kept again")
        self.fuzz("--seconds", 2)
        self.assertLess(first, {p.read_bytes() for p in self.kept()})
        self.has_texts()

    def test_its_place_can_be_chosen(self):
        self.fuzz("--seconds", 2, "--corpus", self.top / "my corpus")
        self.assertGreater(len(list((self.top / "my corpus/session").iterdir())), 5)
        self.assertFalse((self.tree / "build/corpus").exists())

    def test_another_version_of_the_language_makes_it_again_of_its_texts(self):
        self.fuzz("--seconds", 2)
        before = len(self.kept())
        self.env["STUB_LANGUAGE"] = "world new\n"
        self.fuzz("--seconds", 2)
        self.says(f"another version of the language: of {before} programs {before} were made again of their texts, 0 are lost")

    def test_a_minimising_that_was_killed_is_undone(self):
        self.fuzz("--seconds", 2)
        before = {p.name for p in self.kept()}
        folder = self.tree / "build/corpus"
        (folder / "session").rename(folder / "session.old")
        (folder / "session.new").mkdir()
        self.fuzz("--seconds", 2)
        self.assertLess(before, {p.name for p in self.kept()})
        self.assertEqual(sorted(p.name for p in folder.iterdir()), ["session", "session.reading", "session.texts"])

    def test_the_command_shows_exports_imports_minimises_and_adds(self):
        self.fuzz("--seconds", 2)
        count = len(self.kept())
        code, text = self.corpus()
        self.assertEqual(code, 0, text)
        self.assertRegex(text, rf"session +{count} ")
        code, text = self.corpus("export", self.top / "out put")
        self.assertEqual((code, text.split()[0]), (0, str(count)), text)
        self.assertEqual(len(list((self.top / "out put/session").glob("*.txt"))), count)
        code, text = self.corpus("import", self.top / "out put", "--corpus", self.top / "other")
        self.assertEqual((code, text), (0, f"{count} inputs imported, 0 were there\n"))
        code, text = self.corpus("minimise")
        self.assertEqual((code, "session: " in text), (0, True), text)
        offer = next((self.tree / "build/campaign/offers/session").iterdir())
        code, text = self.corpus("add", offer, "--name", "a-story")
        self.assertEqual(code, 0, text)
        self.assertTrue((self.tree / "corpus" / "session/a-story.txt").exists())
        self.assertEqual(self.corpus("add", offer, "--name", "a-story")[0], 1, "a program was replaced")
        (self.top / "bad.txt").write_text("FAIL z\n")
        code, text = self.corpus("add", self.top / "bad.txt")
        self.assertEqual((code, "it is a finding" in text), (1, True), text)
        self.assertEqual(self.corpus("minimise", "x")[0], 2)
        self.assertEqual(self.corpus("import", self.top / "nowhere")[0], 1)


class Terminals(Bench):
    def test_progress_and_table_fit_into_the_columns(self):
        for columns in (40, 80, 120):
            shown = self.on_a_terminal(columns)
            lines = [re.sub(r"\x1b\[K", "", line) for line in re.split(r"[\r\n]+", shown)]
            progress = [line for line in lines if line.startswith("round ")]
            self.assertTrue(progress, shown)
            self.assertLess(max(map(len, progress)), columns)
            table = [line for line in lines if line.startswith(("driver ", "session "))]
            self.assertEqual(len(table), 3, shown)
            if columns >= 80:
                self.assertLess(max(map(len, table)), columns)
                self.assertIn("left", progress[0])

    def test_a_dumb_terminal_gets_lines(self):
        shown = self.on_a_terminal(80, term="dumb")
        self.assertNotIn("\x1b", shown)
        self.assertIn("round 1 of 1", shown)

    def test_quiet_shows_no_progress_and_verbose_each_job(self):
        self.fuzz("--seconds", 2, "--quiet")
        self.assertNotIn("round 1", self.output)
        self.assertEqual(self.last_line(), "Nothing found.")
        self.fuzz("--seconds", 2, "--verbose")
        self.says("  session/afl-main: ")

    def test_numbers_are_read_and_written_in_the_c_locale(self):
        for locale in ("de_DE.UTF-8", "tr_TR.UTF-8", "C"):
            code, _ = self.fuzz("--seconds", 2, env={"LC_ALL": locale, "LANG": locale})
            self.assertEqual(code, 0, self.output)
            self.assertEqual(self.document()["jobs"][1]["stability"], 100.0)

    def to_nobody(self, *words):
        """The exit code where standard output is a pipe that nobody reads, and which is buffered."""
        self.env.pop("PYTHONUNBUFFERED", None)
        read, write = os.pipe()
        os.close(read)
        code = subprocess.run([sys.executable, "-B", "-m", "fuzz.campaign", *words], stdout=write, cwd=self.tree, env=self.env, check=False).returncode
        os.close(write)
        return code

    def test_an_output_that_has_gone_does_not_end_it(self):
        self.assertEqual(self.to_nobody("fuzz", "--seconds", "2", "--driver", "session"), 0)
        self.assertEqual(self.document()["verdict"], "nothing found")

    def test_what_is_left_to_print_to_nobody_is_dropped(self):
        self.assertEqual(self.to_nobody("flavours", "--driver", "session"), 0)

    def test_wrong_usage_is_said_and_ends_with_2(self):
        for words, said in ((("--seconds", "0"), "--seconds"), (("--seconds", "1.5"), "whole number"), (("--driver", "x"), "session"),
                            (("--nothing",), "--nothing"), (("--host", "a b"), "letters"), (("--quiet", "--verbose"), "not both"),
                            (("--jobs", "0"), "from 1 to 256"), (("--second", "3"), "--second")):
            code, _ = self.fuzz(*words)
            self.assertEqual(code, 2, words)
            self.says(said)
            self.assertFalse((self.tree / "build/campaign").exists())


class Machines(Bench):
    def test_two_hosts_share_a_folder_and_one_of_them_dies_and_comes_back(self):
        shared = self.top / "shared"
        a = self.start("--seconds", 600, "--sync", shared, "--host", "alpha")
        names = lambda: {p.name for p in (shared / "session/afl").glob("*")}
        self.wait_for("alpha", lambda: names() == {"alpha-main"})
        a.kill()
        a.wait()
        self.wait_for("its end", lambda: not self.processes())
        inputs = {p.name for p in (shared / "session/corpus").iterdir() if not p.name.startswith(".")}
        code, _ = self.fuzz("--seconds", 2, "--sync", shared, "--host", "beta", "--build-dir", self.link_build("beta"))
        self.assertEqual(code, 0, self.output)
        self.assertEqual(names(), {"alpha-main", "beta-main"})
        beta = {p.name for p in (self.top / "beta/corpus/session").iterdir()}
        self.assertLessEqual(inputs, beta, "what alpha has found did not reach beta")
        code, _ = self.fuzz("--seconds", 2, "--sync", shared, "--host", "alpha")
        self.assertEqual(code, 0, self.output)
        self.assertTrue(beta & {p.name for p in self.kept()}, "what beta has found did not reach alpha")

    def test_what_was_found_long_ago_in_a_shared_folder_is_not_found_for_ever(self):
        self.does("session-afl", "find")
        words = ("--seconds", 2, "--engine", "afl", "--jobs", 1, "--sync", self.top / "shared", "--host", "alpha")
        self.assertEqual(self.fuzz(*words)[0], 1, self.output)
        self.assertEqual(self.fuzz(*words)[0], 0, self.output)

    def link_build(self, name):
        folder = self.top / name
        folder.mkdir()
        for flavour in (self.tree / "build").iterdir():
            if (flavour / "rundown").exists() or list(flavour.glob("fuzz_*")):
                (folder / flavour.name).symlink_to(flavour)
        return folder


def all_at_one_time():
    """Each test in a process of its own, since most of their time is waiting."""
    names = [t.id().partition(".")[2] for suite in unittest.defaultTestLoader.loadTestsFromModule(sys.modules["__main__"]) for t in suite]
    waiting, running, failed = list(names), {}, []
    while waiting or running:
        while waiting and len(running) < 8:
            name = waiting.pop(0)
            running[name] = subprocess.Popen([sys.executable, "-B", __file__, name], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        time.sleep(0.05)
        for name in [n for n, p in running.items() if p.poll() is not None]:
            process = running.pop(name)
            text = process.stdout.read()
            print(f"{'ok' if process.returncode == 0 else 'not ok'} - {name}", flush=True)
            if process.returncode != 0:
                print(text)
                failed.append(name)
    print(f"{len(names)} scenarios, {len(failed)} failed")
    return int(bool(failed) or len(names) < 20)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        unittest.main()
    sys.exit(all_at_one_time())
