/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The injector with several faults armed, with faults that pass by themselves, with named fault
 * points, and what it writes down.
 */
#include "tests/support/test.h"
#include "world_test.h"

#include "faults/fault/site.h"

#include <sys/random.h>

static uint8_t bytes[4];

/* Bit i: call i at rand.get failed; errno of the last failure in *error. */
static unsigned failures(unsigned crossings, int *error)
{
    unsigned failed = 0;
    for (unsigned i = 0; i < crossings; i++)
        if (__wrap_getrandom(bytes, sizeof bytes, 0) < 0) {
            failed |= 1u << i;
            *error = errno;
        }
    return failed;
}

TEST(transient_fault_passes_even_when_it_is_persistent)
{
    int error = 0;
    world_reset();
    arm(FAULT_RAND_GET, "EINTR", 3, FAULT_PERSISTENT);
    unsigned failed = failures(30, &error);
    assert_int_equal(error, EINTR);
    assert_int_equal(failed, ((1u << FAULT_TRANSIENT_LIMIT) - 1) << 2);
    assert_int_equal(fault_report()->fired, FAULT_TRANSIENT_LIMIT);
}

TEST(fault_that_does_not_pass_stays)
{
    int error = 0;
    world_reset();
    arm(FAULT_RAND_GET, "ENOSYS", 3, FAULT_PERSISTENT);
    assert_int_equal(failures(30, &error), ((1u << 30) - 1) & ~3u);
}

TEST(two_faults_of_one_class_count_the_same_crossings)
{
    int error = 0;
    world_reset();
    arm(FAULT_RAND_GET, "ENOSYS", 2, FAULT_ONE_SHOT);
    arm(FAULT_RAND_GET, "EINTR", 4, FAULT_ONE_SHOT);
    assert_int_equal(failures(6, &error), 0x0a);
    assert_int_equal(error, EINTR);
    assert_int_equal(fault_report()->fired, 2);
}

TEST(of_two_faults_on_one_crossing_the_first_breaks_it)
{
    int error = 0;
    world_reset();
    arm(FAULT_RAND_GET, "ENOSYS", 1, FAULT_ONE_SHOT);
    arm(FAULT_RAND_GET, "EINTR", 1, FAULT_ONE_SHOT);
    assert_int_equal(failures(3, &error), 0x01);
    assert_int_equal(error, ENOSYS);
    assert_int_equal(fault_report()->fired, 1);
}

TEST(faults_of_two_classes_do_not_disturb_each_other)
{
    int error = 0;
    world_reset();
    arm(FAULT_RAND_GET, "EINTR", 2, FAULT_ONE_SHOT);
    arm(FAULT_MEM_ALLOC, "ENOMEM", 1, FAULT_ONE_SHOT);
    assert_null(__wrap_malloc(1));
    assert_int_equal(failures(3, &error), 0x02);
    assert_int_equal(fault_report()->fired, 2);
    assert_int_equal(fault_report()->first[0].class, FAULT_MEM_ALLOC);
    assert_int_equal(fault_report()->first[1].class, FAULT_RAND_GET);
}

TEST(fault_is_counted_from_when_it_was_armed)
{
    int error = 0;
    world_reset();
    assert_int_equal(failures(5, &error), 0);
    arm(FAULT_RAND_GET, "EINTR", 2, FAULT_ONE_SHOT);
    assert_int_equal(failures(5, &error), 0x02);
}

TEST(fault_at_a_site_breaks_no_other)
{
    int here = site_add_named(FAULT_RPC_REPLY, "test_injector_here");
    int there = site_add_named(FAULT_RPC_REPLY, "test_injector_there");
    assert_int_not_equal(here, there);
    world_reset();
    assert_true(fault_arm(&(struct fault){
        .class = FAULT_RPC_REPLY, .site_plus_one = there + 1, .nth = 2, .shape = FAULT_ONE_SHOT}));
    assert_int_equal(fault_point_at(FAULT_RPC_REPLY, here).action, FAULT_GO_ON);
    assert_int_equal(fault_point_at(FAULT_RPC_REPLY, there).action, FAULT_GO_ON);
    assert_int_equal(fault_point_at(FAULT_RPC_REPLY, here).action, FAULT_GO_ON);
    assert_int_not_equal(fault_point_at(FAULT_RPC_REPLY, there).action, FAULT_GO_ON);
    assert_int_equal(fault_report()->last.site, there);
    assert_null(fault_report()->last.caller);
}

TEST(sites_are_found_by_name_and_every_hash_leads_to_one)
{
    int site = site_add_named(FAULT_RPC_BIND, "test_injector");
    assert_int_equal(site_add_named(FAULT_RPC_BIND, "test_injector"), site);
    const char *name = site_name((unsigned)site);
    assert_string_equal(name, "rpc.bind@test_injector#1");
    assert_int_equal(site_find(name, strlen(name)), site);
    assert_int_equal(site_find(name, strlen(name) - 1), -1);
    assert_int_equal(site_class((unsigned)site), FAULT_RPC_BIND);
    assert_int_not_equal(site_hash((unsigned)site), 0);
    assert_int_equal(site_nearest(site_hash((unsigned)site), FAULT_RPC_BIND), site);
    int other = site_add_named(FAULT_RPC_BIND, "test_injector_other");
    for (uint32_t hash = 0; hash <= UINT16_MAX; hash += 257) {
        int nearest = site_nearest((uint16_t)hash, FAULT_RPC_BIND);
        assert_true(nearest == site || nearest == other);
    }
    assert_int_equal(site_nearest(1, FAULT_CRYPT_HASH), -1);
    assert_int_equal(site_of_address(&site), -1);
}

TEST(record_tells_every_crossing_and_how_many_there_were)
{
    struct fault_crossing record[2];
    int error = 0;
    world_reset();
    world_set_call(5);
    arm(FAULT_RAND_GET, "EINTR", 2, FAULT_ONE_SHOT);
    fault_record(record, 2);
    assert_int_equal(failures(3, &error), 0x02);
    fault_record(NULL, 0);
    assert_int_equal(failures(1, &error), 0);
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(record[i].class, FAULT_RAND_GET);
        assert_int_equal(record[i].call, 5);
        assert_int_equal(record[i].side, WORLD_CLIENT);
        assert_int_equal(record[i].fired, i == 1);
    }
    fault_record(record, 2);
    failures(3, &error);
    assert_int_equal(fault_recorded(), 3);
    fault_record(NULL, 0);
}

TEST(call_has_each_fault_once_and_the_next_call_none)
{
    int error = 0;
    world_reset();
    fault_begin_call();
    arm(FAULT_RAND_GET, "EINTR", 1, FAULT_BURST);
    failures(5, &error);
    fault_disarm_all();
    arm(FAULT_RAND_GET, "EINTR", 1, FAULT_ONE_SHOT);
    world_set_side(WORLD_SERVER); /* the same fault, but another process ran into it */
    failures(1, &error);
    world_set_side(WORLD_CLIENT);
    assert_int_equal(fault_report()->fired, FAULT_BURST_LENGTH + 1);
    assert_int_equal(fault_report()->in_call_count, 2);
    assert_int_equal(fault_report()->in_call[0].side, WORLD_CLIENT);
    assert_int_equal(fault_report()->in_call[1].side, WORLD_SERVER);
    fault_begin_call();
    assert_int_equal(fault_report()->in_call_count, 0);
}

TEST(points_are_counted_armed_or_not)
{
    int error = 0;
    world_reset();
    failures(3, &error);
    assert_int_equal(fault_report()->points, 3);
    arm(FAULT_MEM_ALLOC, "ENOMEM", 1, FAULT_ONE_SHOT);
    failures(3, &error);
    assert_int_equal(fault_report()->points, 6);
    world_reset();
    assert_int_equal(fault_report()->points, 0);
}

TEST(reset_disarms)
{
    int error = 0;
    world_reset();
    arm(FAULT_RAND_GET, "EINTR", 1, FAULT_PERSISTENT);
    assert_int_equal(failures(1, &error), 1);
    world_reset();
    assert_int_equal(failures(3, &error), 0);
    assert_int_equal(fault_report()->fired, 0);
}
