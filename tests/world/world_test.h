/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the world's own tests share. The first thing that a test includes.
 */
#ifndef TESTS_UNIT_WORLD_TEST_H
#define TESTS_UNIT_WORLD_TEST_H

#include "tests/support/test.h"

#include "faults/fault/fault.h"
#include "faults/seam/wrap.h"
#include "faults/world/ledger.h"
#include "faults/world/world.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Arms a kind by its name. */
static inline void arm(enum fault_class class, const char *kind, uint32_t nth,
                       enum fault_shape shape)
{
    int k = fault_kind_find(class, kind, strlen(kind));
    assert_true(k >= 0);
    assert_true(fault_arm(
        &(struct fault){.class = class, .nth = nth, .kind = (uint32_t)k, .shape = shape}));
}

static inline void assert_held(uint32_t count)
{
    assert_int_equal(ledger_summary().outstanding[WORLD_CLIENT], count);
}

/* The latest violation, of `count` in all. */
static inline void assert_violation(uint32_t count, const char *name)
{
    assert_int_equal(ledger_summary().violations, count);
    assert_string_equal(ledger_violation_name(count - 1), name);
}

static inline void assert_no_violation(void)
{
    assert_int_equal(ledger_summary().violations, 0);
}

/* Whether the ledger's report holds that text. */
static inline bool report_says(const char *wanted)
{
    char *text = NULL;
    size_t n = 0;
    FILE *out = open_memstream(&text, &n);
    assert_non_null(out);
    ledger_print(out);
    fclose(out);
    bool says = strstr(text, wanted) != NULL;
    free(text);
    return says;
}

#endif
