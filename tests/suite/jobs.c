/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Processes of a search: which of them are started again, and which count as failed.
 */
#include "tests/support/test.h"

#include "faults/sweep/jobs.h"
#include "tests/support/child.h"

#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

static struct child child;
static atomic_uint *starts; /* of all jobs */
static struct {
    unsigned deaths; /* of each job; then it returns */
    bool of_time;
    int status;
    enum jobs_end end;
} plan;

static int work(unsigned job)
{
    (void)job;
    atomic_fetch_add(starts, 1);
    if (jobs_deaths() < plan.deaths) {
        if (plan.of_time)
            jobs_die_of_time();
        kill(getpid(), SIGKILL);
    }
    return plan.status;
}

/* Its jobs are all the children that it has. */
static void run(void *context)
{
    (void)context;
    unsigned failed = jobs_run(2, work, plan.end);
    printf("%u failed, %u starts\n", failed, atomic_load(starts));
}

static void assert_said(const char *expected)
{
    starts = mmap(NULL, sizeof *starts, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert_ptr_not_equal(starts, MAP_FAILED);
    child_run(&child, run, NULL);
    assert_child_ended(&child, 0);
    assert_string_equal(child.output, expected);
    munmap(starts, sizeof *starts);
}

TEST(job_that_dies_is_started_again_until_its_work_returns)
{
    plan.deaths = 3, plan.of_time = false, plan.status = EXIT_SUCCESS, plan.end = JOBS_AGAIN;
    assert_said("0 failed, 8 starts\n");
}

TEST(job_whose_work_fails_is_not_started_again)
{
    plan.deaths = 1, plan.of_time = false, plan.status = EXIT_FAILURE, plan.end = JOBS_AGAIN;
    assert_said("2 failed, 4 starts\n");
}

TEST(job_that_dies_counts_as_failed_where_none_is_started_again)
{
    plan.deaths = 1, plan.of_time = false, plan.status = EXIT_SUCCESS, plan.end = JOBS_ALL;
    assert_said("2 failed, 2 starts\n");
}

TEST(job_that_dies_without_end_is_given_up)
{
    char expected[64];
    plan.deaths = JOBS_DEATHS + 1, plan.of_time = true, plan.end = JOBS_AGAIN;
    snprintf(expected, sizeof expected, "2 failed, %u starts\n", 2u * JOBS_DEATHS_OF_TIME);
    assert_said(expected);
}

/* Items 1 and 3 of five kill their process, 4 fails. */
static bool look(size_t item, void *context)
{
    (void)context;
    printf("%zu ", item);
    fflush(stdout);
    if (item == 1 || item == 3)
        kill(getpid(), SIGKILL);
    return item != 4;
}

static void look_at_each(void *context)
{
    const size_t *count = context;
    printf("%u failed\n", jobs_each(*count, JOBS_AGAIN, look, NULL));
}

static void look_until_the_first(void *context)
{
    const size_t *count = context;
    printf("%u failed\n", jobs_each(*count, JOBS_UNTIL_FIRST, look, NULL));
}

TEST(item_that_kills_its_process_costs_no_other_item)
{
    size_t count = 5;
    child_run(&child, look_at_each, &count);
    assert_child_ended(&child, 0);
    assert_string_equal(child.output, "0 1 2 3 4 3 failed\n");
}

TEST(nothing_is_looked_at_behind_the_first_that_fails)
{
    size_t count = 5;
    child_run(&child, look_until_the_first, &count);
    assert_child_ended(&child, 0);
    assert_string_equal(child.output, "0 1 1 failed\n");
}

TEST(last_item_that_kills_its_process_is_counted)
{
    size_t count = 2;
    child_run(&child, look_at_each, &count);
    assert_child_ended(&child, 0);
    assert_string_equal(child.output, "0 1 1 failed\n");
}

TEST(one_item_alone_is_looked_at_in_the_calling_process)
{
    size_t count = 1;
    child_run(&child, look_at_each, &count);
    assert_child_ended(&child, 0);
    assert_string_equal(child.output, "0 0 failed\n");
}
