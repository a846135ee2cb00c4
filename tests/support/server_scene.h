/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A server with two small interfaces of one set of operations, and what its tests ask of it.
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

static const struct wire_syntax cups = {
    0x11111111, 0x2222, 0x3333, {0x44, 0x44, 0x55, 0x55, 0x55, 0x55, 0x55, 0x55}, 1, 2};
static const struct wire_syntax plates = {
    0x66666666, 0x7777, 0x8888, {0x99, 0x99, 0xaa, 0xaa, 0xaa, 0xaa, 0xaa, 0xaa}, 1, 0};
static const struct wire_syntax nobody = {0xdeadbeef, 1, 2, {3, 4, 5, 6, 7, 8, 9, 10}, 1, 0};

static struct scene {
    struct rpc_server *server;
    unsigned managers; /* that ran */
    unsigned created, rundowns, closed;
    unsigned poured;
    unsigned judged;  /* credentials */
    bool accept;      /* what the judge says */
    bool no_memory;   /* or that it cannot judge */
    char seen[3][64]; /* user, domain, password, as the judge saw them */
    bool random_fails, random_repeats;
    uint32_t seed;
    struct rpc_server_limits limits;
} scene;

struct cup {
    unsigned uses;
};

static void cup_rundown(void *object, void *service)
{
    assert_ptr_equal(service, &scene);
    scene.rundowns++;
    free(object);
}

static const struct rpc_context_type cup_type = {"cup", cup_rundown};
static const struct rpc_context_type jug_type = {"jug", cup_rundown};

static uint32_t manage_echo(struct rpc_call *call, void *service)
{
    (void)service;
    scene.managers++;
    if (!rpc_call_reserve(call, call->in.stub_length))
        return no_memory;
    uint8_t *room = buffer_extend(call->out.out, call->in.stub_length);
    if (room != NULL && call->in.stub_length > 0)
        memcpy(room, call->in.stub, call->in.stub_length);
    return 0;
}

static uint32_t manage_create(struct rpc_call *call, void *service)
{
    (void)service;
    scene.managers++;
    struct rpc_context_handle handle;
    struct cup *cup = calloc(1, sizeof *cup);
    if (cup == NULL || !rpc_context_create(call, &cup_type, cup, &handle)) {
        free(cup);
        return no_memory;
    }
    scene.created++;
    ndr_context_handle(&call->out, &handle);
    return 0;
}

static uint32_t use(struct rpc_call *call, const struct rpc_context_type *type)
{
    scene.managers++;
    struct rpc_context_handle handle;
    ndr_context_handle(&call->in, &handle);
    if (call->in.status != 0)
        return call->in.status;
    struct cup *cup = rpc_context_find(call, type, &handle);
    if (cup == NULL)
        return context_mismatch;
    uint32_t uses = ++cup->uses;
    ndr_u32(&call->out, &uses);
    return 0;
}

static uint32_t manage_use(struct rpc_call *call, void *service)
{
    (void)service;
    return use(call, &cup_type);
}

static uint32_t manage_use_as_jug(struct rpc_call *call, void *service)
{
    (void)service;
    return use(call, &jug_type);
}

static uint32_t manage_close(struct rpc_call *call, void *service)
{
    (void)service;
    scene.managers++;
    struct rpc_context_handle handle, null = {0};
    ndr_context_handle(&call->in, &handle);
    if (call->in.status != 0)
        return call->in.status;
    struct cup *cup = rpc_context_take(call, &cup_type, &handle);
    if (cup == NULL)
        return context_mismatch;
    free(cup);
    scene.closed++;
    ndr_context_handle(&call->out, &null);
    return 0;
}

static uint32_t manage_add(struct rpc_call *call, void *service)
{
    (void)service;
    scene.managers++;
    uint32_t a = 0, b = 0;
    ndr_u32(&call->in, &a);
    ndr_u32(&call->in, &b);
    if (call->in.status != 0)
        return call->in.status;
    a += b;
    ndr_u32(&call->out, &a);
    return 0;
}

static uint32_t manage_raise(struct rpc_call *call, void *service)
{
    (void)service;
    scene.managers++;
    uint32_t status = 0;
    ndr_u32(&call->in, &status);
    ndr_u32(&call->out, &status);
    return status;
}

static uint32_t manage_fill(struct rpc_call *call, void *service)
{
    (void)service;
    scene.managers++;
    uint32_t n = 0;
    ndr_u32(&call->in, &n);
    if (!rpc_call_reserve(call, n))
        return no_memory;
    for (uint32_t i = 0; i < n; i++) {
        uint8_t byte = (uint8_t)i;
        ndr_u8(&call->out, &byte);
    }
    return 0;
}

static uint32_t manage_who(struct rpc_call *call, void *service)
{
    (void)service;
    scene.managers++;
    uint8_t is[3] = {call->peer->trusted, call->peer->authenticated, call->peer->rejected};
    for (unsigned i = 0; i < sizeof is; i++)
        ndr_u8(&call->out, &is[i]);
    return 0;
}

static uint32_t manage_pour(struct rpc_call *call, void *service)
{
    (void)service;
    enum { BY_RUNTIME = 300, BY_MANAGER = 1000 };
    scene.managers++;
    if (!rpc_call_reserve(call, BY_MANAGER))
        return no_memory;
    scene.poured++; /* from here on it must not fail */
    for (unsigned i = 0; i < BY_RUNTIME + BY_MANAGER; i++) {
        uint8_t zero = 0;
        ndr_u8(&call->out, &zero);
    }
    return 0;
}

static uint32_t manage_spoil(struct rpc_call *call, void *service)
{
    (void)service;
    scene.managers++;
    uint32_t whole = 1;
    ndr_u32(&call->out, &whole);
    ndr_fail(&call->out);
    return 0;
}

static const struct rpc_operation scene_operations[OPERATIONS] = {
    [ECHO] = {"echo", manage_echo, 0},     [CREATE] = {"create", manage_create, 20},
    [USE] = {"use", manage_use, 4},        [USE_AS_JUG] = {"use_as_jug", manage_use_as_jug, 4},
    [CLOSE] = {"close", manage_close, 20}, [ADD] = {"add", manage_add, 4},
    [RAISE] = {"raise", manage_raise, 4},  [FILL] = {"fill", manage_fill, 8},
    [WHO] = {"who", manage_who, 3},        [POUR] = {"pour", manage_pour, 300},
    [SPOIL] = {"spoil", manage_spoil, 4},
};

static const struct rpc_interface cups_interface = {
    {{0x11111111, 0x2222, 0x3333, {0x44, 0x44}, {0x55, 0x55, 0x55, 0x55, 0x55, 0x55}}, 0x00020001},
    "cups",
    scene_operations,
    OPERATIONS,
    false};
static const struct rpc_interface plates_interface = {
    {{0x66666666, 0x7777, 0x8888, {0x99, 0x99}, {0xaa, 0xaa, 0xaa, 0xaa, 0xaa, 0xaa}}, 1},
    "plates",
    scene_operations,
    OPERATIONS,
    false};
static const struct rpc_interface *const scene_interfaces[] = {&cups_interface, &plates_interface,
                                                               NULL};

static uint32_t scene_authenticate(const struct rpc_credentials *c, const struct rpc_peer *p,
                                   void *service)
{
    const char *strings[] = {c->user, c->domain, c->password};
    assert_ptr_equal(service, &scene);
    assert_int_equal(p->transport, RPC_NCALRPC);
    scene.judged++;
    for (unsigned i = 0; i < 3; i++) {
        strncpy(scene.seen[i], strings[i], sizeof scene.seen[i] - 1);
    }
    return scene.accept      ? 0
           : scene.no_memory ? ERROR_NOT_ENOUGH_SERVER_MEMORY
                             : ERROR_ACCESS_DENIED;
}

/* Not random at all, so that two runs give the same bytes. */
static bool scene_random(void *bytes, size_t n, void *service)
{
    (void)service;
    for (size_t i = 0; i < n; i++) {
        scene.seed = scene.seed * 1664525 + 1013904223;
        ((uint8_t *)bytes)[i] = scene.random_repeats ? 7 : (uint8_t)(scene.seed >> 24);
    }
    return !scene.random_fails;
}

static inline void scene_open(const struct rpc_server_limits *limits, bool judge)
{
    struct rpc_server_callbacks callbacks = {.authenticate = judge ? scene_authenticate : NULL,
                                             .random = scene_random};
    memset(&scene, 0, sizeof scene);
    scene.limits = *limits;
    scene.server = rpc_server_create(scene_interfaces, &scene.limits, &callbacks, &scene);
    assert_non_null(scene.server);
}

static inline void scene_setup(void)
{
    scene_open(&rpc_server_default_limits, true);
}

/* Whatever a test did, nothing is left when its connections are gone. */
static inline void scene_teardown(void)
{
    struct rpc_server_counts counts = rpc_server_inspect(scene.server);
    rpc_server_destroy(scene.server);
    assert_int_equal(counts.connections, 0);
    assert_int_equal(counts.groups, 0);
    assert_int_equal(counts.context_handles, 0);
    assert_int_equal(scene.created, scene.closed + scene.rundowns);
}

static inline struct rpc_connection *scene_connect(enum rpc_transport transport)
{
    struct rpc_peer peer = {.transport = transport};
    struct rpc_connection *c = rpc_connection_create(scene.server, &peer, "1350");
    assert_non_null(c);
    return c;
}

/* Binds context 0 to `cups` and 1 to `plates`; `group` 0 makes a new one. Returns the group. */
static inline uint32_t bind_in_group(struct rpc_connection *c, unsigned fragment, uint32_t group)
{
    struct wire w = {0};
    wire_bind(&w, BIND, 1, fragment, fragment, group, 2);
    wire_context(&w, 0, &cups, &ndr20);
    wire_context(&w, 1, &plates, &ndr20);
    wire_end(&w);
    deliver(c, &w);
    const struct answer *a = take_ack(c, BIND_ACK, 2);
    expect_result(a, 0, 0, 0);
    expect_result(a, 1, 0, 0);
    return read_u32(a->bytes + 20);
}

static inline struct rpc_connection *connect_bound(enum rpc_transport transport)
{
    struct rpc_connection *c = scene_connect(transport);
    bind_in_group(c, 5840, 0);
    return c;
}

/* One whole request. */
static inline void send_call(struct rpc_connection *c, uint32_t call_id, unsigned context,
                             unsigned opnum, const void *stub, size_t n)
{
    struct wire w = {0};
    wire_request(&w, call_id, context, opnum, stub, n);
    deliver(c, &w);
}

/* The connection still serves. */
static inline void expect_service(struct rpc_connection *c, uint32_t call_id)
{
    send_call(c, call_id, 0, ECHO, "still here", 10);
    expect_response(c, call_id, 0, "still here", 10);
    expect_silence(c);
}

#endif
