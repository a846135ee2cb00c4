/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a sweep has seen: sums, the file between runs whatever has become of its end, and the table
 * that decides whether every fault point is as it should be.
 */
#include "tests/support/test.h"

#include "faults/fault/fault.h"
#include "faults/fault/site.h"
#include "fuzz/search/sweep_table.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char directory[64], path[80];
static struct sweep_totals first, second, got;
enum { FIRST = 0x1111, SECOND = 0x2222 };

static void make_directory(void)
{
    strcpy(directory, "/tmp/rundown-sweep.XXXXXX");
    assert_non_null(mkdtemp(directory));
    snprintf(path, sizeof path, "%s/state", directory);
    assert_true(site_count() > 10);
    first = (struct sweep_totals){1, 2, 3, 4, 5, 6, {{0}}};
    first.sites[0] = (struct sweep_site){10, 20, 30, 40, 2};
    first.sites[3] = (struct sweep_site){1, 0, 0, 0, 0};
    second = (struct sweep_totals){100, 200, 300, 400, 500, 600, {{0}}};
    second.sites[0] = (struct sweep_site){1000, 2000, 3000, 4000, 7};
    second.sites[site_count() - 1] = (struct sweep_site){0, 1, 1, 1, 1};
    got = (struct sweep_totals){0};
}

static void remove_directory(void)
{
    unlink(path);
    assert_int_equal(rmdir(directory), 0);
}

AROUND_EACH_TEST(make_directory, remove_directory);

static bool wants_all(uint64_t key, void *context)
{
    (void)context;
    return key == FIRST || key == SECOND;
}

static bool wants_second(uint64_t key, void *context)
{
    ++*(unsigned *)context;
    return key == SECOND;
}

static void append(uint64_t key, const struct sweep_totals *t)
{
    const char *why = NULL;
    if (!sweep_state_append(path, key, t, &why))
        fail_msg("%s", why);
}

static void read_state(void)
{
    const char *why = NULL;
    memset(&got, 0, sizeof got);
    if (!sweep_state_read(path, wants_all, NULL, &got, &why))
        fail_msg("%s", why);
}

static void put(const char *bytes, size_t n)
{
    FILE *out = fopen(path, "w");
    assert_non_null(out);
    assert_int_equal(fwrite(bytes, 1, n, out), n);
    assert_int_equal(fclose(out), 0);
}

static char *take(size_t *n)
{
    static char bytes[4096];
    FILE *in = fopen(path, "r");
    assert_non_null(in);
    *n = fread(bytes, 1, sizeof bytes, in);
    fclose(in);
    assert_true(*n > 0 && *n < sizeof bytes);
    return bytes;
}

TEST(sums_are_of_every_number_and_the_first_benign_kind_stays)
{
    sweep_add(&got, &first);
    assert_memory_equal(&got, &first, sizeof got);
    sweep_add(&got, &second);
    assert_int_equal(got.subjects, 101);
    assert_int_equal(got.points, 202);
    assert_int_equal(got.runs, 303);
    assert_int_equal(got.fired, 404);
    assert_int_equal(got.findings, 505);
    assert_int_equal(got.unnamed, 606);
    const struct sweep_site sum = {1010, 2020, 3030, 4040, 2};
    assert_memory_equal(&got.sites[0], &sum, sizeof sum);
    assert_memory_equal(&got.sites[3], &first.sites[3], sizeof sum);
}

TEST(state_that_was_written_is_read_and_is_what_was_wanted)
{
    unsigned asked = 0;
    const char *why;
    append(FIRST, &first);
    read_state();
    assert_memory_equal(&got, &first, sizeof got);
    append(SECOND, &second);
    read_state();
    sweep_add(&first, &second);
    assert_memory_equal(&got, &first, sizeof got);
    memset(&got, 0, sizeof got);
    assert_true(sweep_state_read(path, wants_second, &asked, &got, &why));
    assert_memory_equal(&got, &second, sizeof got);
    assert_int_equal(asked, 2);
}

TEST(no_file_is_an_empty_state_and_what_is_no_state_is_refused)
{
    const char *why = NULL;
    static const char *const wrong[] = {"hello\n", "\n\nsite x 1 2 3 4 5\n", "dome\n", "ndone\n"};
    read_state();
    assert_int_equal(got.runs, 0);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        put(wrong[i], strlen(wrong[i]));
        why = NULL;
        assert_false(sweep_state_read(path, wants_all, NULL, &got, &why));
        assert_string_equal(why, "is not the state of a sweep");
    }
    put("\ndone 1 2\0 3\n", 13);
    assert_false(sweep_state_read(path, wants_all, NULL, &got, &why));
    assert_false(sweep_state_read(directory, wants_all, NULL, &got, &why));
    assert_false(sweep_state_append(directory, FIRST, &first, &why));
    assert_non_null(why);
}

/* A death while it is appended, at whatever byte. */
TEST(block_that_was_cut_off_counts_neither_itself_nor_against_the_next)
{
    static char whole[4096];
    size_t n;
    append(FIRST, &first);
    memcpy(whole, take(&n), sizeof whole);
    for (size_t cut = 0; cut < n - 1; cut++) {
        put(whole, cut);
        read_state();
        assert_int_equal(got.runs, 0);
        append(SECOND, &second);
        read_state();
        if (memcmp(&got, &second, sizeof got) != 0)
            fail_msg("cut at %zu", cut);
    }
}

TEST(block_with_a_line_that_cannot_be_read_does_not_count)
{
    static const struct {
        const char *line;
        bool counts;
    } rows[] = {
        {"site %s 1 2 3 4 5\n", true},
        {"site %s 1 2 3 4\n", false},
        {"site %s 1 2 3 4 5 6\n", false},
        {"site %s 1 2 3 4 x\n", false},
        {"sight %s 1 2 3 4 5\n", false},
        {"\n%.0s", false},
        {"site no.such@site#1%.0s 1 2 3 4 5\n", true},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char text[512], line[256];
        snprintf(line, sizeof line, rows[i].line, site_name(5));
        snprintf(text, sizeof text, "\ndone %x 1 1 1 1 1 0\n%send\n", FIRST, line);
        put(text, strlen(text));
        read_state();
        if (got.runs != rows[i].counts)
            fail_msg("%s", text);
        assert_int_equal(got.sites[5].reached, i == 0);
    }
}

/* The table. */

static void all_is_well(void)
{
    memset(&got, 0, sizeof got);
    for (unsigned i = 0; i < site_count(); i++)
        got.sites[i] = (struct sweep_site){3, 2, 2, 0, 0};
}

/* How many fault points are not as they should be; *line: what the table says of that one. */
static unsigned judge(const char *reasons, unsigned site, char line[256])
{
    char *text = NULL;
    size_t n;
    FILE *out = open_memstream(&text, &n);
    assert_non_null(out);
    unsigned bad = sweep_print(&got, reasons, out);
    fclose(out);
    line[0] = '\0';
    for (char *rest = text, *at; (at = strsep(&rest, "\n")) != NULL;)
        if (strncmp(at, site_name(site), strlen(site_name(site))) == 0 &&
            at[strlen(site_name(site))] == ' ')
            snprintf(line, 256, "%s", at);
    free(text);
    return bad;
}

TEST(fault_point_that_fired_and_was_handled_is_well)
{
    char line[256];
    all_is_well();
    assert_int_equal(judge(NULL, 4, line), 0);
    assert_non_null(strstr(line, "3         2         2         0"));
    got.sites[4].handled = 1;
    assert_int_equal(judge(NULL, 4, line), 1);
    assert_non_null(strstr(line, "not handled"));
    got.sites[4] = (struct sweep_site){3, 0, 0, 0, 0};
    assert_int_equal(judge(NULL, 4, line), 1);
    assert_non_null(strstr(line, "never fired"));
    got.unnamed = 2;
    assert_int_equal(judge(NULL, 4, line), 2);
}

TEST(fault_point_that_was_never_reached_needs_a_reason_if_there_is_a_list)
{
    char line[256], list[256];
    all_is_well();
    got.sites[4] = (struct sweep_site){0};
    assert_int_equal(judge(NULL, 4, line), 0);
    assert_non_null(strstr(line, "never reached"));
    put("# nothing\n", 10);
    assert_int_equal(judge(path, 4, line), 1);
    snprintf(list, sizeof list, "# a list\n%s  for want of a nail\n", site_name(4));
    put(list, strlen(list));
    assert_int_equal(judge(path, 4, line), 0);
    assert_non_null(strstr(line, "never reached: for want of a nail"));
    got.sites[4] = (struct sweep_site){1, 1, 1, 0, 0};
    assert_int_equal(judge(path, 4, line), 1);
    assert_non_null(strstr(line, "reached, although listed as unreached"));
    unlink(path);
    assert_int_equal(judge(path, 4, line), 1);
}

TEST(benign_fault_is_named_with_its_reason)
{
    char line[256];
    all_is_well();
    unsigned site = 0;
    while (site_class(site) != FAULT_NET_SEND && site + 1 < site_count())
        site++;
    int kind = fault_kind_find(FAULT_NET_SEND, "EINTR", 5);
    assert_true(kind >= 0 && site_class(site) == FAULT_NET_SEND);
    got.sites[site].benign = 1;
    got.sites[site].benign_kind = 1 + (uint64_t)kind;
    assert_int_equal(judge(NULL, site, line), 0);
    assert_non_null(strstr(line, "EINTR: "));
}
