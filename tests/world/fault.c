/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The injector: which call breaks, how often, and the names of faults.
 */
#include "tests/support/test.h"

#include "faults/fault/fault.h"
#include "faults/seam/wrap.h"
#include "faults/world/world.h"

#include <errno.h>
#include <string.h>

enum { CROSSINGS = 8 };

/* Arms ENOMEM at `nth` with `shape`; bit i of the result: allocation i failed, with ENOMEM. */
static unsigned failures(uint32_t nth, enum fault_shape shape)
{
    unsigned failed = 0;
    world_reset();
    assert_true(fault_arm(&(struct fault){.class = FAULT_MEM_ALLOC, .nth = nth, .shape = shape}));
    for (unsigned i = 0; i < CROSSINGS; i++) {
        errno = 0;
        void *block = __wrap_malloc(8);
        assert_int_equal(errno, block == NULL ? ENOMEM : 0);
        failed |= (block == NULL ? 1u : 0u) << i;
        __wrap_free(block);
    }
    return failed;
}

TEST(one_shot_breaks_the_nth_crossing_alone)
{
    assert_int_equal(failures(1, FAULT_ONE_SHOT), 0x01);
    assert_int_equal(failures(3, FAULT_ONE_SHOT), 0x04);
    assert_int_equal(fault_report()->fired, 1);
}

TEST(burst_breaks_its_length_from_the_nth_on)
{
    assert_int_equal(failures(3, FAULT_BURST), 0x1c);
    assert_int_equal(fault_report()->fired, FAULT_BURST_LENGTH);
}

TEST(persistent_breaks_every_crossing_from_the_nth_on)
{
    assert_int_equal(failures(3, FAULT_PERSISTENT), 0xfc);
}

TEST(crossings_of_other_classes_are_not_counted)
{
    struct timespec now;
    world_reset();
    assert_true(fault_arm(&(struct fault){.class = FAULT_MEM_ALLOC, .nth = 1}));
    assert_int_equal(__wrap_clock_gettime(CLOCK_MONOTONIC, &now), 0);
    int fd = __wrap_eventfd(0, 0);
    assert_true(fd >= 0);
    assert_null(__wrap_malloc(1));
    assert_int_equal(__wrap_close(fd), 0);
}

TEST(disarmed_faults_do_not_fire_but_stay_in_the_report)
{
    assert_int_equal(failures(1, FAULT_ONE_SHOT), 0x01);
    assert_true(fault_arm(&(struct fault){.class = FAULT_MEM_ALLOC, .nth = 1}));
    fault_disarm_all();
    void *block = __wrap_malloc(1);
    assert_non_null(block);
    __wrap_free(block);
    assert_int_equal(fault_report()->fired, 1);
}

TEST(report_names_the_call_and_the_place)
{
    world_reset();
    world_set_call(7);
    assert_true(fault_arm(&(struct fault){.class = FAULT_MEM_ALLOC, .nth = 1}));
    assert_null(__wrap_malloc(1));
    struct fault_firing r = fault_report()->last;
    assert_int_equal(r.class, FAULT_MEM_ALLOC);
    assert_int_equal(r.call, 7);
    assert_non_null(r.caller);
}

TEST(impossible_faults_are_refused)
{
    world_reset();
    assert_false(fault_arm(&(struct fault){.class = FAULT_MEM_ALLOC, .nth = 0}));
    assert_false(fault_arm(&(struct fault){.class = FAULT_CLASSES, .nth = 1}));
    assert_false(fault_arm(&(struct fault){.class = FAULT_MEM_ALLOC, .nth = 1, .kind = 1}));
    assert_false(
        fault_arm(&(struct fault){.class = FAULT_MEM_ALLOC, .nth = 1, .shape = FAULT_SHAPES}));
    for (int i = 0; i < FAULT_MAX_ARMED; i++)
        assert_true(fault_arm(&(struct fault){.class = FAULT_MEM_ALLOC, .nth = 1}));
    assert_false(fault_arm(&(struct fault){.class = FAULT_MEM_ALLOC, .nth = 1}));
    fault_disarm_all();
}

TEST(every_name_leads_back_to_its_class_and_kind)
{
    for (int c = 0; c < FAULT_CLASSES; c++) {
        enum fault_class class = (enum fault_class)c;
        assert_int_equal(fault_class_find(fault_class_name(class), strlen(fault_class_name(class))),
                         c);
        assert_true(fault_kind_count(class) > 0);
        for (uint32_t k = 0; k < fault_kind_count(class); k++) {
            const char *name = fault_kind_name(class, k);
            assert_int_equal(fault_kind_find(class, name, strlen(name)), (int)k);
        }
    }
}

TEST(unknown_and_shortened_names_are_not_found)
{
    assert_int_equal(fault_class_find("mem.allo", 8), -1);
    assert_int_equal(fault_class_find("mem.allocs", 10), -1);
    assert_int_equal(fault_class_find("", 0), -1);
    assert_int_equal(fault_kind_find(FAULT_MEM_ALLOC, "EIO", 3), -1);
    assert_int_equal(fault_kind_find(FAULT_MEM_ALLOC, "ENOME", 5), -1);
}
