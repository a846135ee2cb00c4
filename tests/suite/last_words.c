/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a process prints when a run kills it or does not end: the program, as printed or
 * as a finding of a search.
 */
#include "tests/support/test.h"

#include "fuzz/program/program_text.h"
#include "fuzz/run/run.h"
#include "fuzz/search/findings.h"
#include "fuzz/search/last_words.h"
#include "tests/support/child.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

static const char text[] = "DsIsNTDSOnlineW(\".\")\n"
                           "h, t = DsBackupPrepareW(\".\", 0, FULL)\n"
                           "DsBackupEnd(h)\n";
static struct program program;
static struct child child;

static void parse(void)
{
    struct program_error error;
    assert_true(program_parse(&program, text, strlen(text), &error));
}

AROUND_EACH_TEST(parse, NULL);

/* What happens before the second call of the program. */
struct happening {
    int signal;
    unsigned times; /* in each run */
    unsigned runs;
    const char *directory; /* of a search; NULL: it is none */
    bool written;          /* the fault beyond the program can be written into it */
};

static void happen(size_t index, void *context)
{
    const struct happening *h = context;
    for (unsigned i = 0; index == 1 && i < h->times; i++)
        raise(h->signal);
}

/* "Writes" a fault by leaving the last call out. */
static const struct fault *write_down(const struct program *p, struct program *out, void *context)
{
    static const struct fault in_clean_up = {.nth = 1};
    const struct happening *h = context;
    *out = *p;
    out->call_count = 2;
    return h->written ? NULL : &in_clean_up;
}

/* The test is the clock; but there must have been both. */
static void stop_clocks(void)
{
    static const __itimer_which_t clocks[] = {ITIMER_PROF, ITIMER_REAL};
    for (size_t i = 0; i < sizeof clocks / sizeof *clocks; i++) {
        struct itimerval was;
        setitimer(clocks[i], &(struct itimerval){{0, 0}, {0, 0}}, &was);
        if (was.it_interval.tv_sec != 1)
            puts("a clock stands still");
    }
}

static void run_until_it_happens(void *context)
{
    struct happening *h = context;
    struct run_report report;
    struct run_options options = {.arm = happen, .context = h, .origin = "there.txt"};
    if (h->directory != NULL)
        options.write_down = write_down;
    last_words_start(h->directory != NULL);
    stop_clocks();
    for (unsigned i = 0; i < h->runs; i++)
        run_program(&program, &options, &report);
    puts("survived");
}

/* Half a minute on the wall for each second of the processor. */
static void be_delayed(size_t index, void *context)
{
    (void)context;
    for (unsigned i = 0; index == 1 && i < LAST_WORDS_SECONDS * LAST_WORDS_BLOCKED / 2; i++)
        raise(i % (LAST_WORDS_BLOCKED / 2) == 0 ? SIGPROF : SIGALRM);
}

static void run_under_load(void *context)
{
    struct run_report report;
    const struct run_options options = {.arm = be_delayed};
    (void)context;
    last_words_start(false);
    stop_clocks();
    run_program(&program, &options, &report);
    puts("survived");
}

TEST(crash_is_told_with_the_program_and_where_it_comes_from)
{
    child_run(&child, run_until_it_happens, &(struct happening){SIGSEGV, 1, 1, NULL, false});
    assert_child_ended(&child, EXIT_FAILURE);
    assert_child_said(&child, "FAILED there.txt\n");
    assert_child_said(&child, "FINDING crash");
    assert_child_said(&child, "DsIsNTDSOnlineW(\".\")");
    assert_child_said(&child, "DsBackupEnd(h)");
    assert_child_did_not_say(&child, "survived");
}

TEST(run_that_lasts_ten_seconds_of_the_processor_does_not_end)
{
    /* The first tick sees that it runs; ten more find it running still. */
    child_run(&child, run_until_it_happens,
              &(struct happening){SIGPROF, LAST_WORDS_SECONDS + 1, 1, NULL, false});
    assert_child_ended(&child, EXIT_FAILURE);
    assert_child_said(&child, "FINDING time");
    assert_child_said(&child, "the program does not end");
    assert_child_said(&child, "DsBackupEnd(h)");
}

TEST(run_that_waits_for_a_minute_does_not_end)
{
    child_run(&child, run_until_it_happens,
              &(struct happening){SIGALRM, LAST_WORDS_BLOCKED + 1, 1, NULL, false});
    assert_child_ended(&child, EXIT_FAILURE);
    assert_child_said(&child, "FINDING time");
    assert_child_said(&child, "waits for something that does not come");
    assert_child_said(&child, "DsBackupEnd(h)");
}

/* Of so many seconds on the wall few were this process's. */
TEST(run_on_a_machine_under_load_may_take_long)
{
    child_run(&child, run_until_it_happens,
              &(struct happening){SIGALRM, LAST_WORDS_BLOCKED, 1, NULL, false});
    assert_child_ended(&child, 0);
    assert_string_equal(child.output, "survived\n");
    child_run(&child, run_under_load, NULL);
    assert_child_ended(&child, 0);
    assert_string_equal(child.output, "survived\n");
}

TEST(ticks_of_several_runs_do_not_add_up)
{
    child_run(&child, run_until_it_happens,
              &(struct happening){SIGPROF, LAST_WORDS_SECONDS, 3, NULL, false});
    assert_child_ended(&child, 0);
    assert_string_equal(child.output, "survived\n");
    child_run(&child, run_until_it_happens,
              &(struct happening){SIGALRM, LAST_WORDS_BLOCKED, 3, NULL, false});
    assert_child_ended(&child, 0);
    assert_string_equal(child.output, "survived\n");
}

static void crash_at_once(void *context)
{
    (void)context;
    last_words_start(false);
    raise(SIGSEGV);
    puts("survived");
}

TEST(crash_outside_of_a_run_is_told_without_a_program)
{
    child_run(&child, crash_at_once, NULL);
    assert_child_ended(&child, EXIT_FAILURE);
    assert_child_said(&child, "FINDING crash");
    assert_child_said(&child, "SIGNATURE: crash");
    assert_child_did_not_say(&child, "the program");
    assert_child_did_not_say(&child, "survived");
}

static void idle(void *context)
{
    (void)context;
    last_words_start(false);
    stop_clocks();
    for (unsigned i = 0; i < 3 * LAST_WORDS_BLOCKED; i++) {
        raise(SIGALRM);
        raise(SIGPROF);
    }
    puts("survived");
}

TEST(clock_outside_of_a_run_means_nothing)
{
    child_run(&child, idle, NULL);
    assert_child_ended(&child, 0);
    assert_string_equal(child.output, "survived\n");
}

static void end_search(void *context)
{
    (void)context;
    findings_end(stdout);
}

/* In a search it is a finding like others: with the fault that was armed, saved where it can be, by
   the process that started the one that died. */
TEST(crash_in_a_search_is_a_finding_with_what_was_armed)
{
    static const char *const files[] = {"program.txt", "input.bin", "report.txt", "report.json"};
    char directory[] = "/tmp/rundown-words.XXXXXX", path[400];
    assert_non_null(mkdtemp(directory));
    assert_true(findings_open(directory, "test", false));
    child_run(&child, run_until_it_happens, &(struct happening){SIGSEGV, 1, 1, directory, true});
    assert_child_ended(&child, EXIT_FAILURE);
    assert_child_said(&child, "there.txt:\n");
    assert_child_said(&child, "FINDING crash");
    assert_child_did_not_say(&child, "DsBackupEnd(h)");
    assert_child_did_not_say(&child, "again:");
    child_run(&child, end_search, NULL);
    assert_child_said(&child, "seen 1 time, e.g. by there.txt");
    const char *again = strstr(child.output, " run /");
    assert_non_null(again);
    assert_int_equal(sscanf(again, " run %399s", path), 1);
    char *slash = strrchr(path, '/');
    assert_non_null(slash);
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        strcpy(slash + 1, files[i]);
        assert_int_equal(unlink(path), 0);
    }
    *slash = '\0';
    assert_int_equal(rmdir(path), 0);

    assert_true(findings_open(directory, "test", false));
    child_run(&child, run_until_it_happens, &(struct happening){SIGSEGV, 1, 1, directory, false});
    assert_child_ended(&child, EXIT_FAILURE);
    assert_child_said(&child, "with a fault while its handles were ended:\n");
    child_run(&child, end_search, NULL);
    assert_child_did_not_say(&child, "again:");
    assert_int_equal(rmdir(directory), 0);
}
