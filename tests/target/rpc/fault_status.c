/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fault status values against the numbers of [MS-RPCE] 3.1.1.5.5, [C706] appendix E and winerror.h.
 */
#include "tests/support/test.h"

#include "target/rpc/fault_status.h"

#include <string.h>

/* 0: not mapped */
static const struct {
    uint32_t status, win32;
} rows[] = {
    {0x1c010001, 1820}, {0x1c010002, 1745}, {0x1c010003, 1717}, {0x1c010006, 0},
    {0x1c010009, 1726}, {0x1c01000b, 1728}, {0x1c010013, 1130}, {0x1c010014, 1723},
    {0x1c010015, 0},    {0x1c010017, 1732}, {0x1c000001, 1767}, {0x1c000002, 1768},
    {0x1c000003, 1769}, {0x1c000004, 1770}, {0x1c000005, 1771}, {0x1c000006, 1733},
    {0x1c000007, 1734}, {0x1c000008, 1728}, {0x1c000009, 1726}, {0x1c00000a, 1727},
    {0x1c00000b, 1726}, {0x1c00000c, 1727}, {0x1c00000d, 1818}, {0x1c00000e, 1768},
    {0x1c00000f, 1771}, {0x1c000010, 1768}, {0x1c000012, 1726}, {0x1c000013, 0},
    {0x1c000014, 1918}, {0x1c000015, 1916}, {0x1c000016, 1831}, {0x1c000017, 1917},
    {0x1c000018, 1820}, {0x1c000019, 14},   {0x1c00001a, 6},    {0x1c00001b, 1130},
    {0x1c00001c, 1728}, {0x1c00001d, 1821}, {0x1c00001f, 1727}, {0x1c000020, 1727},
    {0x1c000021, 0},    {0x1c000022, 0},    {0x1c000023, 0},    {0x1c000024, 0},
    {0x1c000025, 0},
};
enum { ROWS = sizeof rows / sizeof *rows };

TEST(every_mapped_status_becomes_its_win32_code)
{
    for (size_t i = 0; i < ROWS; i++)
        if (rows[i].win32 != 0)
            assert_int_equal(fault_status_to_win32(rows[i].status), rows[i].win32);
}

TEST(unmapped_status_reaches_the_caller_as_it_is)
{
    for (size_t i = 0; i < ROWS; i++)
        if (rows[i].win32 == 0)
            assert_int_equal(fault_status_to_win32(rows[i].status), rows[i].status);
    const uint32_t unknown[] = {0x1c000011, 0x1c00001e, 0x1c000026,
                                0x1c010000, 0x1c010005, 0xffffffff};
    for (size_t i = 0; i < sizeof unknown / sizeof *unknown; i++)
        assert_int_equal(fault_status_to_win32(unknown[i]), unknown[i]);
}

TEST(raw_win32_codes_pass)
{
    const uint32_t raw[] = {5, 0x6ba, 0x6bd, 0x6d8, 0x6d9, 0x6f7, 0x721};
    for (size_t i = 0; i < sizeof raw / sizeof *raw; i++)
        assert_int_equal(fault_status_to_win32(raw[i]), raw[i]);
}

/* [MS-RPCE] 3.3.3.5.1 */
TEST(status_that_a_server_must_not_send_is_a_protocol_error)
{
    const uint32_t forbidden[] = {0,          0x80000001, 0x80000002, 0x80000003, 0xc0000005,
                                  0xc0000006, 0xc000001d, 0xc0000096, 0xc00000aa, 0xc00000fd,
                                  0xc0000194, 0xc0000235, 0xc0000409, 0xc0000420};
    for (size_t i = 0; i < sizeof forbidden / sizeof *forbidden; i++)
        assert_int_equal(fault_status_to_win32(forbidden[i]), 1728);
}

TEST(no_status_becomes_success)
{
    for (size_t i = 0; i < fault_mapping_count; i++)
        assert_int_not_equal(fault_status_to_win32(fault_mappings[i].status), 0);
}

TEST(the_table_has_each_status_once_with_a_name)
{
    assert_int_equal(fault_mapping_count, ROWS);
    for (size_t i = 0; i < ROWS; i++) {
        size_t found = 0;
        for (size_t j = 0; j < fault_mapping_count; j++)
            if (fault_mappings[j].status == rows[i].status) {
                found++;
                assert_int_equal(fault_mappings[j].win32, rows[i].win32);
                assert_true(strlen(fault_mappings[j].name) > 0);
            }
        assert_int_equal(found, 1);
    }
}
