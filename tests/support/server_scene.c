/* SPDX-License-Identifier: Apache-2.0 */
#include "server_scene.h"

const struct wire_syntax cups = {
    0x11111111, 0x2222, 0x3333, {0x44, 0x44, 0x55, 0x55, 0x55, 0x55, 0x55, 0x55}, 1, 2};
const struct wire_syntax plates = {
    0x66666666, 0x7777, 0x8888, {0x99, 0x99, 0xaa, 0xaa, 0xaa, 0xaa, 0xaa, 0xaa}, 1, 0};
const struct wire_syntax nobody = {0xdeadbeef, 1, 2, {3, 4, 5, 6, 7, 8, 9, 10}, 1, 0};

struct server_scene server_scene;

struct cup {
    unsigned uses;
};

static void cup_rundown(void *object, void *service)
{
    assert_ptr_equal(service, &server_scene);
    server_scene.rundowns++;
    free(object);
}

static const struct rpc_context_type cup_type = {"cup", cup_rundown};
static const struct rpc_context_type jug_type = {"jug", cup_rundown};

static uint32_t manage_echo(struct rpc_call *call, void *service)
{
    (void)service;
    server_scene.managers++;
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
    server_scene.managers++;
    struct rpc_context_handle handle;
    struct cup *cup = calloc(1, sizeof *cup);
    if (cup == NULL || !rpc_context_create(call, &cup_type, cup, &handle)) {
        free(cup);
        return no_memory;
    }
    server_scene.created++;
    ndr_context_handle(&call->out, &handle);
    return 0;
}

static uint32_t use(struct rpc_call *call, const struct rpc_context_type *type)
{
    server_scene.managers++;
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
    server_scene.managers++;
    struct rpc_context_handle handle, null = {0};
    ndr_context_handle(&call->in, &handle);
    if (call->in.status != 0)
        return call->in.status;
    struct cup *cup = rpc_context_take(call, &cup_type, &handle);
    if (cup == NULL)
        return context_mismatch;
    free(cup);
    server_scene.closed++;
    ndr_context_handle(&call->out, &null);
    return 0;
}

static uint32_t manage_add(struct rpc_call *call, void *service)
{
    (void)service;
    server_scene.managers++;
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
    server_scene.managers++;
    uint32_t status = 0;
    ndr_u32(&call->in, &status);
    ndr_u32(&call->out, &status);
    return status;
}

static uint32_t manage_fill(struct rpc_call *call, void *service)
{
    (void)service;
    server_scene.managers++;
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
    server_scene.managers++;
    uint8_t is[3] = {call->peer->trusted, call->peer->authenticated, call->peer->rejected};
    for (unsigned i = 0; i < sizeof is; i++)
        ndr_u8(&call->out, &is[i]);
    return 0;
}

static uint32_t manage_pour(struct rpc_call *call, void *service)
{
    (void)service;
    enum { BY_RUNTIME = 300, BY_MANAGER = 1000 };
    server_scene.managers++;
    if (!rpc_call_reserve(call, BY_MANAGER))
        return no_memory;
    server_scene.poured++; /* from here on it must not fail */
    for (unsigned i = 0; i < BY_RUNTIME + BY_MANAGER; i++) {
        uint8_t zero = 0;
        ndr_u8(&call->out, &zero);
    }
    return 0;
}

static uint32_t manage_spoil(struct rpc_call *call, void *service)
{
    (void)service;
    server_scene.managers++;
    uint32_t whole = 1;
    ndr_u32(&call->out, &whole);
    ndr_fail(&call->out);
    return 0;
}

static const struct rpc_operation operations[OPERATIONS] = {
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
    operations,
    OPERATIONS,
    false};
static const struct rpc_interface plates_interface = {
    {{0x66666666, 0x7777, 0x8888, {0x99, 0x99}, {0xaa, 0xaa, 0xaa, 0xaa, 0xaa, 0xaa}}, 1},
    "plates",
    operations,
    OPERATIONS,
    false};
static const struct rpc_interface *const interfaces[] = {&cups_interface, &plates_interface, NULL};

static uint32_t authenticate(const struct rpc_credentials *c, const struct rpc_peer *p,
                             void *service)
{
    const char *strings[] = {c->user, c->domain, c->password};
    assert_ptr_equal(service, &server_scene);
    assert_int_equal(p->transport, RPC_NCALRPC);
    server_scene.judged++;
    for (unsigned i = 0; i < 3; i++) {
        strncpy(server_scene.seen[i], strings[i], sizeof server_scene.seen[i] - 1);
    }
    return server_scene.accept      ? 0
           : server_scene.no_memory ? ERROR_NOT_ENOUGH_SERVER_MEMORY
                                    : ERROR_ACCESS_DENIED;
}

/* Not random at all, so that two runs give the same bytes. */
static bool not_random(void *bytes, size_t n, void *service)
{
    (void)service;
    for (size_t i = 0; i < n; i++) {
        server_scene.seed = server_scene.seed * 1664525 + 1013904223;
        ((uint8_t *)bytes)[i] =
            server_scene.random_repeats ? 7 : (uint8_t)(server_scene.seed >> 24);
    }
    return !server_scene.random_fails;
}

void server_scene_open(const struct rpc_server_limits *limits, bool judge)
{
    struct rpc_server_callbacks callbacks = {.authenticate = judge ? authenticate : NULL,
                                             .random = not_random};
    memset(&server_scene, 0, sizeof server_scene);
    server_scene.limits = *limits;
    server_scene.server =
        rpc_server_create(interfaces, &server_scene.limits, &callbacks, &server_scene);
    assert_non_null(server_scene.server);
}

void server_scene_set_up(void)
{
    server_scene_open(&rpc_server_default_limits, true);
}

void server_scene_tear_down(void)
{
    struct rpc_server_counts counts = rpc_server_inspect(server_scene.server);
    rpc_server_destroy(server_scene.server);
    assert_int_equal(counts.connections, 0);
    assert_int_equal(counts.groups, 0);
    assert_int_equal(counts.context_handles, 0);
    assert_int_equal(server_scene.created, server_scene.closed + server_scene.rundowns);
}

struct rpc_connection *server_scene_connect(enum rpc_transport transport)
{
    struct rpc_peer peer = {.transport = transport};
    struct rpc_connection *c = rpc_connection_create(server_scene.server, &peer, "1350");
    assert_non_null(c);
    return c;
}

uint32_t bind_in_group(struct rpc_connection *c, unsigned fragment, uint32_t group)
{
    struct server_wire w = {0};
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

struct rpc_connection *connect_bound(enum rpc_transport transport)
{
    struct rpc_connection *c = server_scene_connect(transport);
    bind_in_group(c, 5840, 0);
    return c;
}

void send_call(struct rpc_connection *c, uint32_t call_id, unsigned context, unsigned opnum,
               const void *stub, size_t n)
{
    struct server_wire w = {0};
    wire_request(&w, call_id, context, opnum, stub, n);
    deliver(c, &w);
}

void expect_service(struct rpc_connection *c, uint32_t call_id)
{
    send_call(c, call_id, 0, ECHO, "still here", 10);
    expect_response(c, call_id, 0, "still here", 10);
    expect_silence(c);
}
