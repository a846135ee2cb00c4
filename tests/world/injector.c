/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The injector with several faults armed, with faults that pass by themselves, with named sites,
 * and what it writes down.
 */
#include "world_test.h"

#include "faults/fault/site.h"

#include <sys/random.h>

static uint8_t bytes[4];

/* Bit i: crossing i of rand.get failed; errno of the last failure in *error. */
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

static void test_transient_fault_passes_even_when_it_is_persistent(void **state)
{
    (void)state;
    int error = 0;
    world_reset();
    arm(FAULT_RAND_GET, "EINTR", 3, FAULT_PERSISTENT);
    unsigned failed = failures(30, &error);
    assert_int_equal(error, EINTR);
    assert_int_equal(failed, ((1u << FAULT_TRANSIENT_LIMIT) - 1) << 2);
    assert_int_equal(fault_report()->fired, FAULT_TRANSIENT_LIMIT);
}

static void test_fault_that_does_not_pass_stays(void **state)
{
    (void)state;
    int error = 0;
    world_reset();
    arm(FAULT_RAND_GET, "ENOSYS", 3, FAULT_PERSISTENT);
    assert_int_equal(failures(30, &error), ((1u << 30) - 1) & ~3u);
}

static void test_two_faults_of_one_class_count_the_same_crossings(void **state)
{
    (void)state;
    int error = 0;
    world_reset();
    arm(FAULT_RAND_GET, "ENOSYS", 2, FAULT_ONE_SHOT);
    arm(FAULT_RAND_GET, "EINTR", 4, FAULT_ONE_SHOT);
    assert_int_equal(failures(6, &error), 0x0a);
    assert_int_equal(error, EINTR);
    assert_int_equal(fault_report()->fired, 2);
}

static void test_of_two_faults_on_one_crossing_the_first_breaks_it(void **state)
{
    (void)state;
    int error = 0;
    world_reset();
    arm(FAULT_RAND_GET, "ENOSYS", 1, FAULT_ONE_SHOT);
    arm(FAULT_RAND_GET, "EINTR", 1, FAULT_ONE_SHOT);
    assert_int_equal(failures(3, &error), 0x01);
    assert_int_equal(error, ENOSYS);
    assert_int_equal(fault_report()->fired, 1);
}

static void test_faults_of_two_classes_do_not_disturb_each_other(void **state)
{
    (void)state;
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

static void test_fault_is_counted_from_when_it_was_armed(void **state)
{
    (void)state;
    int error = 0;
    world_reset();
    assert_int_equal(failures(5, &error), 0);
    arm(FAULT_RAND_GET, "EINTR", 2, FAULT_ONE_SHOT);
    assert_int_equal(failures(5, &error), 0x02);
}

static void test_fault_at_a_site_breaks_no_other(void **state)
{
    (void)state;
    int here = site_add_named(FAULT_RPC_REPLY, "test_injector_here");
    int there = site_add_named(FAULT_RPC_REPLY, "test_injector_there");
    assert_int_not_equal(here, there);
    world_reset();
    assert_true(fault_arm(&(struct fault){
        .class = FAULT_RPC_REPLY, .site_plus_one = there + 1, .nth = 2, .shape = FAULT_ONE_SHOT}));
    assert_int_equal(fault_point_at(FAULT_RPC_REPLY, here), 0);
    assert_int_equal(fault_point_at(FAULT_RPC_REPLY, there), 0);
    assert_int_equal(fault_point_at(FAULT_RPC_REPLY, here), 0);
    assert_int_not_equal(fault_point_at(FAULT_RPC_REPLY, there), 0);
    assert_int_equal(fault_report()->last.site, there);
    assert_null(fault_report()->last.caller);
}

static void test_sites_are_found_by_name_and_every_hash_leads_to_one(void **state)
{
    (void)state;
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
    assert_int_equal(site_of_address(&state), -1);
}

static void test_record_tells_every_crossing_and_how_many_there_were(void **state)
{
    (void)state;
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

static void test_call_has_each_fault_once_and_the_next_call_none(void **state)
{
    (void)state;
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

static void test_points_are_counted_armed_or_not(void **state)
{
    (void)state;
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

static void test_reset_disarms(void **state)
{
    (void)state;
    int error = 0;
    world_reset();
    arm(FAULT_RAND_GET, "EINTR", 1, FAULT_PERSISTENT);
    assert_int_equal(failures(1, &error), 1);
    world_reset();
    assert_int_equal(failures(3, &error), 0);
    assert_int_equal(fault_report()->fired, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_transient_fault_passes_even_when_it_is_persistent),
        cmocka_unit_test(test_fault_that_does_not_pass_stays),
        cmocka_unit_test(test_two_faults_of_one_class_count_the_same_crossings),
        cmocka_unit_test(test_of_two_faults_on_one_crossing_the_first_breaks_it),
        cmocka_unit_test(test_faults_of_two_classes_do_not_disturb_each_other),
        cmocka_unit_test(test_fault_is_counted_from_when_it_was_armed),
        cmocka_unit_test(test_fault_at_a_site_breaks_no_other),
        cmocka_unit_test(test_sites_are_found_by_name_and_every_hash_leads_to_one),
        cmocka_unit_test(test_record_tells_every_crossing_and_how_many_there_were),
        cmocka_unit_test(test_call_has_each_fault_once_and_the_next_call_none),
        cmocka_unit_test(test_points_are_counted_armed_or_not),
        cmocka_unit_test(test_reset_disarms),
    };
    return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
