/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A server with two small interfaces of one set of operations, and helpers for its tests.
 */
#ifndef TESTS_SERVER_SCENE_H
#define TESTS_SERVER_SCENE_H

#include "server_answers.h"

#include "target/include/winerror.h"

/* The operations of both. */
enum {
    ECHO,       /* the stub, as it came */
    CREATE,     /* -> a handle of type "cup" */
    USE,        /* handle -> u32, how often it was used */
    USE_AS_JUG, /* the same, asking for another type */
    CLOSE,      /* handle -> the NULL handle */
    ADD,        /* u32, u32 -> u32 */
    RAISE,      /* u32 -> a fault of that status, after having written a reply */
    FILL,       /* u32 n -> n bytes, 0 1 2 ...: 8 reserved by the runtime, n by the manager */
    WHO,        /* -> u8 trusted, u8 authenticated, u8 rejected */
    POUR,       /* -> 1300 zeros: 300 reserved by the runtime, 1000 by the manager */
    SPOIL,      /* a reply that could not be encoded to its end */
    OPERATIONS,
};

extern const struct wire_syntax cups, plates, nobody; /* the last is served by none */

extern struct server_scene {
    struct rpc_server *server;
    unsigned managers; /* that ran */
    unsigned created, rundowns, closed;
    unsigned poured;
    unsigned judged;  /* credentials */
    bool accept;      /* the judge's answer */
    bool no_memory;   /* or that it cannot judge */
    char seen[3][64]; /* user, domain, password, as the judge saw them */
    bool random_fails, random_repeats;
    uint32_t seed;
    struct rpc_server_limits limits;
} server_scene;

void server_scene_open(const struct rpc_server_limits *limits, bool judge);
void server_scene_set_up(void);
/* After any test, no resource is left once its connections are closed. */
void server_scene_tear_down(void);
struct rpc_connection *server_scene_connect(enum rpc_transport transport);
/* Binds context 0 to `cups` and 1 to `plates`; `group` 0 makes a new one. Returns the group. */
uint32_t bind_in_group(struct rpc_connection *c, unsigned fragment, uint32_t group);
struct rpc_connection *connect_bound(enum rpc_transport transport);
/* One whole request. */
void send_call(struct rpc_connection *c, uint32_t call_id, unsigned context, unsigned opnum,
               const void *stub, size_t n);
/* The connection still serves. */
void expect_service(struct rpc_connection *c, uint32_t call_id);

#endif
