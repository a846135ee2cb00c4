/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The fault points of the target that a program is linked with, as make_sites.sh finds them. Weak:
 * a program without a target has none.
 */
#ifndef FAULTS_SITE_TABLE_H
#define FAULTS_SITE_TABLE_H

#include <stdint.h>

struct site_address {
    uint32_t offset; /* of the call's return address, from rundown_target_start */
    uint16_t name;
};

#define WEAK __attribute__((weak))
extern const char *const site_table_names[] WEAK;
extern const unsigned site_table_name_count WEAK;
extern const struct site_address site_table_addresses[] WEAK;
extern const unsigned site_table_address_count WEAK;

/* First and last byte of the target's code. */
extern const char rundown_target_start[] WEAK, rundown_target_end[] WEAK;

#endif
