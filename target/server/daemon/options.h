/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The command line of ntdsbsrvd.
 */
#ifndef DAEMON_OPTIONS_H
#define DAEMON_OPTIONS_H

#include "../../options/option_table.h"

#include <stdbool.h>
#include <stdint.h>

enum { OPTIONS_NO_TCP = UINT16_MAX + 1 };

struct daemon_options {
    const char *store;
    const char *socket;    /* absolute path */
    const char *accounts;  /* NULL: none */
    const char *group;     /* NULL: not given */
    const char *host_name; /* NULL: not given */
    uint32_t tcp_port;     /* 0: any free one; OPTIONS_NO_TCP: no TCP */
    uint32_t max_sessions;
    uint32_t max_connections;
    uint32_t idle_timeout_s;
    uint32_t session_idle_timeout_s;
    uint32_t request_timeout_s;
    uint32_t tombstone_days;
    unsigned log_level; /* enum log_level */
    bool restore_mode;
};

/* The texts in `out` point into argv. */
enum option_outcome options_parse(int argc, char **argv, struct daemon_options *out);

/* Whether it may be the host in UNC names: 1 to 255 letters, digits, '-' and '.'. */
bool options_is_host_name(const char *name);

#endif
