#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The parts of a campaign, each by itself: what engines said (campaign/logs, recorded), the plan, names, lines."""
import os
import random
import re
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))
from fuzz.campaign import afl, kept, libfuzzer, merge, offers, places, plan, processes, report, settings, terminal, triage, words  # noqa: E402

LOGS = Path(__file__).resolve().parent / "logs"
DRIVERS = ("session", "handle", "server_pdu", "client_pdu", "ndr")
BOTH = ("libfuzzer", "afl")
SEED = random.randrange(10**6)


class LibFuzzer(unittest.TestCase):
    def test_a_run_to_the_end(self):
        said = libfuzzer.read(LOGS / "libfuzzer-done.log")
        self.assertEqual((said.executions, said.seconds, said.coverage, said.corpus, said.saved), (436111, 9.0, 135, 38, []))
        self.assertEqual(libfuzzer.outcome(LOGS / "libfuzzer-done.log"), (words.DONE, ""))

    def test_a_crash_has_a_file_a_signature_and_the_time_of_its_rate(self):
        log = LOGS / "libfuzzer-crash.log"
        said = libfuzzer.read(log)
        self.assertEqual([path.name[:6] for path in said.saved], ["crash-"])
        self.assertEqual(said.said[said.saved[0]], ["SUMMARY: UndefinedBehaviorSanitizer: undefined-behavior ../../target/client/server_name.c:16:42 in"])
        self.assertGreater(said.executions, 0)
        self.assertEqual(libfuzzer.outcome(log), (words.FOUND, ""))

    def test_a_crash_within_the_first_second_took_no_time(self):
        with tempfile.NamedTemporaryFile("w", suffix=".log") as log:
            text = (LOGS / "libfuzzer-crash.log").read_text()
            log.write(re.sub(r"(average_exec_per_sec: +)\d+", r"\g<1>0", text))
            log.flush()
            self.assertEqual(libfuzzer.read(log.name).seconds, 0.0)
            self.assertEqual(libfuzzer.read(LOGS / "libfuzzer-crash.log").seconds, 2.0)

    def test_an_interruption_is_no_end_and_no_finding(self):
        said = libfuzzer.read(LOGS / "libfuzzer-interrupted.log")
        self.assertGreater(said.executions, 1000)
        self.assertGreater(said.seconds, 0)
        self.assertEqual(libfuzzer.outcome(LOGS / "libfuzzer-interrupted.log"), (words.STOPPED, ""))

    def test_without_its_last_words_it_died(self):
        with tempfile.NamedTemporaryFile("w", suffix=".log") as log:
            log.write("\n".join((LOGS / "libfuzzer-done.log").read_text().splitlines()[:10]))
            log.flush()
            outcome, text = libfuzzer.outcome(log.name)
            self.assertEqual(outcome, words.DIED)
            self.assertIn("NEW", text)
            self.assertEqual(libfuzzer.read(log.name).seconds, 0.0)
        self.assertEqual(libfuzzer.outcome("/nowhere"), (words.DIED, ""))

    def test_the_words_of_later_processes_add_up(self):
        said = libfuzzer.read(LOGS / "libfuzzer-done.log")
        said.add(libfuzzer.read(LOGS / "libfuzzer-done.log"))
        self.assertEqual((said.executions, said.seconds, said.coverage), (872222, 18.0, 135))


class Afl(unittest.TestCase):
    def setUp(self):
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        (self.folder / "fuzzer_stats").write_text((LOGS / "fuzzer_stats").read_text())
        self.pid = int(afl.stats(self.folder)["fuzzer_pid"])

    def test_statistics(self):
        said = afl.read(self.folder, {}, self.pid)
        self.assertEqual((said.stability, said.saved), (100.0, []))
        self.assertEqual((said.executions, said.seconds), (47195, 12.0))
        self.assertEqual(said.coverage, 1539)

    def test_what_an_earlier_process_did_is_not_counted_again(self):
        said = afl.read(self.folder, {"execs_done": "40000", "run_time": "6"}, self.pid)
        self.assertEqual((said.executions, said.seconds), (7195, 6.0))

    def test_statistics_of_another_process_are_not_its_words(self):
        said = afl.read(self.folder, {}, self.pid + 1)
        self.assertEqual((said.executions, said.seconds, said.stability), (0, 0.0, None))

    def test_saved_inputs_are_found_after_it_has_gone_on_too(self):
        for name in ("crashes/id:000000,sig:06", "crashes.2026-01-31-12:00:00/id:000000", "hangs/id:000000", "crashes/README.txt"):
            (self.folder / name).parent.mkdir(exist_ok=True)
            (self.folder / name).touch()
        self.assertEqual(len(afl.read(self.folder, {}, self.pid).saved), 3)

    def test_ends(self):
        self.assertEqual(afl.outcome(LOGS / "afl-done.log"), (words.DONE, ""))
        self.assertEqual(afl.outcome(LOGS / "afl-interrupted.log"), (words.STOPPED, ""))
        outcome, text = afl.outcome(LOGS / "afl-abort.log")
        self.assertEqual(outcome, words.DIED)
        self.assertIn("No usable test cases in 'none'", text)
        self.assertNotIn("\x1b", text)

    def test_the_main_instance_reads_libfuzzers_corpus_and_the_others_have_names_of_their_own(self):
        seats = plan.seats_of("session", BOTH, 0, 12)
        commands = [afl.command(Path("b"), seat, "host1", Path("s"), Path("x/session"), 9, 1) for seat in seats if seat.role.engine == "afl"]
        names = [command[command.index("-M" if "-M" in command else "-S") + 1] for command in commands]
        self.assertEqual(len(set(names)), len(names))
        self.assertTrue(all(name.startswith("host1-") for name in names))
        self.assertEqual([("-M" in c, "-F" in c) for c in commands], [(True, True)] + [(False, False)] * (len(commands) - 1))
        cmplog = next(c for c in commands if "-c" in c)
        self.assertEqual(cmplog[cmplog.index("-c") + 1], "b/afl-cmplog/fuzz_session")

    def test_the_mutator_of_programs_is_alone_in_some_beside_in_some_and_absent_in_some(self):
        uses = {"alone": 0, "beside": 0, "none": 0}
        for seat in plan.seats_of("session", ("afl",), 0, 8):
            env = afl.environment(Path("b"), seat, Path("f"))
            use = "alone" if "AFL_CUSTOM_MUTATOR_ONLY" in env else "beside" if "AFL_CUSTOM_MUTATOR_LIBRARY" in env else "none"
            self.assertFalse(use != "none" and "-L" in seat.role.arguments, "MOpt and a custom mutator exclude each other")
            uses[use] += 1
        self.assertTrue(all(uses.values()), uses)
        self.assertNotIn("AFL_CUSTOM_MUTATOR_LIBRARY", afl.environment(Path("b"), plan.seats_of("ndr", ("afl",), 0, 1)[0], Path("f")))


class Plan(unittest.TestCase):
    def test_every_core_is_used_and_every_driver_meets_every_engine(self):
        for cores in range(1, 33):
            for engines in (BOTH, ("afl",), ("libfuzzer",)):
                rounds = plan.rounds(DRIVERS, engines, cores, 600)
                seats = [seat for r in rounds for seat in r.seats]
                self.assertTrue(all(len(r.seats) == cores for r in rounds) or cores < len(engines), (cores, engines))
                self.assertEqual({(s.driver, s.role.engine) for s in seats}, {(d, e) for d in DRIVERS for e in engines})
                self.assertEqual(len({(s.driver, s.name) for s in seats}), len(seats), "two jobs of one name")
                self.assertLessEqual(sum(r.seconds for r in rounds), 600)
                self.assertGreater(sum(r.seconds for r in rounds), 580)
                self.assertEqual(seats[0].driver, "session")

    def test_a_driver_alone_has_one_main_instance_and_all_roles_in_turn(self):
        seats = plan.seats_of("session", BOTH, 0, 24)
        self.assertEqual(sum(1 for s in seats if s.role.name == "main"), 1)
        self.assertEqual({s.role.name for s in seats} - {"more"}, {role.name for role in plan.SEATS})

    def test_the_document_names_every_seat_in_its_order(self):
        page = (Path(__file__).resolve().parents[3] / "docs" / "campaigns.md").read_text(encoding="utf-8")
        rows = re.findall(r"^\| [0-9, ]+ \| (.*?) \|", page, re.M)
        named = [name for row in rows for name in re.findall(r"`([a-z0-9-]+)`", row)]
        self.assertEqual(named, [seat.name for seat in plan.seats_of("session", BOTH, 0, len(plan.SEATS))])

    def test_session_gets_most(self):
        seats = [s for r in plan.rounds(DRIVERS, BOTH, 16, 60) for s in r.seats]
        count = {d: sum(1 for s in seats if s.driver == d) for d in DRIVERS}
        self.assertEqual(max(count, key=count.get), "session")
        self.assertEqual(min(count.values()), 2)

    def test_the_flavours_are_those_that_are_run(self):
        self.assertEqual(plan.flavours(DRIVERS, BOTH, 2), ["afl", "libfuzzer"])
        self.assertEqual(plan.flavours(("ndr",), ("libfuzzer",), 8), ["libfuzzer", "libfuzzer-cmp"])
        self.assertEqual(plan.flavours(("ndr",), BOTH, 5), ["afl", "afl-cmplog", "afl-laf", "afl-plain", "libfuzzer", "libfuzzer-cmp"])


class Lines(unittest.TestCase):
    def test_numbers_and_durations(self):
        self.assertEqual([terminal.short(n) for n in (0, 999, 1000, 12345, 999999, 4567890)], ["0", "999", "1.0k", "12.3k", "1000k", "4.6M"])
        self.assertEqual([terminal.duration(s) for s in (-1, 59, 119, 120, 3599, 7265)],
                         ["0 s", "59 s", "119 s", "2 min 00 s", "59 min 59 s", "2 h 01 min"])

    def test_a_line_never_fills_the_last_column(self):
        chance = random.Random(SEED)
        for _ in range(500):
            parts = ["x" * chance.randrange(1, 30) for _ in range(8)]
            columns = chance.randrange(2, 200)
            line = terminal.progress(parts, columns)
            self.assertLess(len(line), columns, f"seed {SEED}")
            self.assertTrue(line)

    def test_columns_come_from_the_environment_and_nonsense_there_does_no_harm(self):
        for text, columns in (("120", 120), ("0", 80), ("x", 80), ("", 80)):
            os.environ["COLUMNS"] = text
            self.assertEqual(terminal.width() if text == "120" else columns, columns)
            self.assertGreater(terminal.width(), 0)
        del os.environ["COLUMNS"]

    def test_the_table_gives_up_columns_that_are_worth_least(self):
        names = [name for name, _, _ in report.columns_within(60)]
        self.assertIn("found", names)
        self.assertIn("seconds", names)
        self.assertNotIn("stable", names)
        self.assertEqual(report.columns_within(120), list(report.COLUMNS))


class Job:
    """As far as the verdict looks."""

    def __init__(self, asked=10, problem="", stable=True, **said):
        self.asked, self.problem, self.words = asked, problem, words.Words(**{"executions": 5000, "seconds": 10.0, **said})
        self.seat = plan.Seat("ndr", plan.Role("afl", "main", ("afl",), stable=stable), "afl-main")


class Verdict(unittest.TestCase):
    def test_what_was_asked_was_done(self):
        self.assertEqual(report.problem_of(Job(stability=100.0)), "")
        self.assertEqual(report.problem_of(Job(seconds=9.0)), "")

    def test_what_was_not_done_is_said(self):
        self.assertIn("did 8 of 10 s", report.problem_of(Job(seconds=8.4)))
        self.assertIn("executed only 999 inputs", report.problem_of(Job(executions=999)))
        self.assertIn("executed only 199 inputs", report.problem_of(Job(asked=2, executions=199)))
        self.assertEqual(report.problem_of(Job(asked=2, executions=200)), "")
        self.assertIn("stability is 99.50 %", report.problem_of(Job(stability=99.5)))
        self.assertEqual(report.problem_of(Job(problem="vanished")), "vanished")
        self.assertEqual(report.problem_of(Job(seconds=0.0, saved=[Path("crash")])), "", "a finding takes time")
        self.assertEqual(report.problem_of(Job(stability=99.5, stable=False)), "")

    def test_the_word(self):
        for interrupted, findings, failing, problems, word in (
                (False, [], [], [], "nothing found"), (False, [], [], ["p"], "not finished"), (False, ["f"], [], ["p"], "findings"),
                (False, [], ["c"], [], "findings"), (True, ["f"], [], [], "interrupted"), (True, [], [], [], "interrupted")):
            self.assertEqual(report.verdict_of(interrupted, findings, failing, problems), word)


class Corpora(unittest.TestCase):
    def setUp(self):
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory()))

    def test_an_input_has_the_name_of_its_content_and_comes_once(self):
        self.assertTrue(places.put(b"x", self.folder))
        self.assertFalse(places.put(b"x", self.folder))
        self.assertEqual([Path(p).name for p in places.files_of(self.folder)], ["11f6ad8ec52a2984abaafd7c3b516503785c2072"])

    def test_a_file_that_vanishes_meanwhile_does_no_harm(self):
        (self.folder / "a").write_bytes(b"a")
        (self.folder / "to").mkdir()
        self.assertEqual(places.copy_new([self.folder / "gone", self.folder / "a"], self.folder / "to"), 1)
        self.assertEqual(places.files_of(self.folder / "nowhere"), [])

    def test_texts_are_split_as_they_were_joined(self):
        self.assertEqual(kept.split_texts("### ab\nA()\n# ### cd\nB()\n### 01\nC()\n"), {"ab": "A()\n# ### cd\nB()\n", "01": "C()\n"})
        self.assertEqual(kept.split_texts(""), {})

    def test_edges_that_are_new_are_counted_for_the_input_that_reaches_them_first(self):
        control = self.folder / "control"
        control.write_text("4\n1\nseed\na\nb\nc\nSTARTED 0 9\nFT 0 1\nCOV 0 1 2 3\nSTARTED 1 9\nCOV 1 3 4 5\nCOV 2 4\nCOV 3 6\n")
        self.assertEqual(merge.new_edges(control), {"a": 2, "c": 1})
        self.assertEqual(merge.new_edges(self.folder / "nowhere"), {})

    def test_a_recorded_merge_is_understood(self):
        text = words.read_text(LOGS / "merge.log")
        self.assertEqual(merge.covered(text), (1326, 0))
        self.assertTrue(merge.is_done(text))
        self.assertFalse(merge.is_done(text.replace("successful", "not")))

    def test_a_program_is_named_for_its_calls_and_its_fault(self):
        text = ('h, token = DsBackupPrepareW(".", 0, FULL)\nDsBackupOpenFileA(h, "x") !net.recv@f#1 ECONNRESET\n'
                "DsBackupOpenFileW(h)\nServerKill()\n")
        self.assertEqual(offers.name_of(text), "prepare-open-file-server-kill-with-net-recv-econnreset")
        self.assertEqual(offers.name_of("# nothing\n"), "nothing")
        long = offers.name_of("".join(f"Call{i}Something()\n" for i in range(30)))
        self.assertLessEqual(len(long), offers.NAME_LENGTH)
        self.assertRegex(long, r"^[a-z0-9-]+[a-z0-9]$")


class Triage(unittest.TestCase):
    def setUp(self):
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.asked = settings.parse(["--build-dir", str(self.folder)])
        self.triage = triage.Triage(self.asked, places.Places(self.asked), terminal.Terminal(quiet=True))
        for i in range(3):
            (self.folder / f"crash-{i}").write_text(str(i))

    def test_what_an_engine_has_said_before_is_counted_and_not_examined_again(self):
        self.assertTrue(self.triage.offer("ndr", self.folder / "crash-0", ["SUMMARY: x"], "a"))
        self.assertEqual(len(self.triage.waiting), 1)
        self.triage.waiting, self.triage.batch = [], [self.triage.waiting[0][1:]]
        self.triage.examined("=== finding 1: crash:x.c (ndr, seen 1 time)\nFINDING crash: x\n")
        self.assertTrue(self.triage.offer("ndr", self.folder / "crash-1", ["SUMMARY: x"], "a"))
        self.assertFalse(self.triage.offer("ndr", self.folder / "crash-1", ["SUMMARY: x"], "a"), "the same input twice")
        self.assertTrue(self.triage.offer("handle", self.folder / "crash-2", ["SUMMARY: x"], "a"))
        self.assertEqual([(f.signature, f.count) for f in self.triage.findings], [("crash:x.c", 2)])
        self.assertEqual([row[1] for row in self.triage.waiting], ["handle"])

    def test_an_input_that_does_not_show_it_again_is_a_finding_too(self):
        self.triage.offer("ndr", self.folder / "crash-0", [], "a")
        self.triage.batch = [self.triage.waiting.pop()[1:]]
        self.triage.examined("x: no finding\n\n1 inputs: 0 findings, 0 of them known; 1 inputs without one\n")
        self.assertEqual([f.signature for f in self.triage.findings], ["not shown again:ndr"])
        self.assertTrue((self.folder / "findings" / self.triage.findings[0].folder / "input.bin").exists())


class Processes(unittest.TestCase):
    def test_all_that_a_process_has_started_ends_with_it(self):
        folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        processes.adopt()
        process = processes.start(["bash", "-c", "setsid sleep 1000 & sleep 1000 & trap '' INT TERM; touch $0/up; wait; sleep 1000",
                                   str(folder)], folder / "log")
        while not (folder / "up").exists():
            self.assertIsNone(process.poll())
        processes.end_all([process], 0.1)
        self.assertIsNotNone(process.poll())
        self.assertEqual(processes.descendants(os.getpid()), set())

    def test_addresses_are_not_random_and_foreign_settings_stay_outside(self):
        folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        os.environ.update({"AFL_SKIP_CRASHES": "1", "ASAN_OPTIONS": "detect_leaks=0"})
        process = processes.start(["sh", "-c", "cat /proc/self/personality; env"], folder / "log", {"MINE": "1"})
        process.wait()
        lines = (folder / "log").read_text().splitlines()
        self.assertEqual(lines[0], "00040000")
        self.assertIn("LC_ALL=C", lines)
        self.assertIn("MINE=1", lines)
        self.assertFalse([line for line in lines if line.startswith(("AFL_", "ASAN_"))])


if __name__ == "__main__":
    unittest.main()
