/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The server runtime short of memory: every allocation of an association fails once, and all of
 * them from each one on. Nothing leaks, and no manager acts without its reply.
 */
#include "tests/support/server_scene.h"
#include "tests/support/test.h"

#include "faults/fault/fault.h"
#include "faults/world/ledger.h"
#include "faults/world/world.h"

enum { MOST_ALLOCATIONS = 200, MANY_CONTEXTS = 40 };

/* What became of a PDU. */
enum end { ANSWERED, REFUSED, CLOSED };

static bool is_closed(const struct rpc_connection *c)
{
    return !rpc_connection_wants_input(c);
}

/* Takes one whole reply or fault. A fault is never sent for what was done. */
static enum end take_end(struct rpc_connection *c)
{
    unsigned flags = 0;
    while (output_length(c) > 0 && !(flags & LAST)) {
        const struct answer *a = take_answer(c);
        flags = a->flags;
        if (a->type == FAULT) {
            assert_int_equal(read_u32(a->bytes + 24), no_memory);
            return REFUSED;
        }
        if (a->type == BIND_NAK) {
            assert_int_equal(read_u16(a->bytes + 16), 2);
            expect_end(c);
            return CLOSED;
        }
    }
    assert_true(flags & LAST); /* nothing goes unanswered */
    return ANSWERED;
}

static enum end try_call(struct rpc_connection *c, uint32_t call_id, unsigned opnum,
                         const void *stub, size_t n)
{
    struct server_wire w = {0};
    size_t part = n > 2000 ? 2000 : n;
    wire_fragment(&w, part < n ? FIRST : WHOLE, call_id, 0, opnum, stub, part);
    if (part < n)
        wire_fragment(&w, LAST, call_id, 0, opnum, (const uint8_t *)stub + part, n - part);
    deliver(c, &w);
    return take_end(c);
}

/* A call that does something: done and answered, or neither. */
static void expect_all_or_nothing(struct rpc_connection *c, uint32_t call_id, unsigned opnum,
                                  const void *stub, size_t n, const unsigned *done)
{
    unsigned before = *done;
    if (is_closed(c))
        return;
    enum end end = try_call(c, call_id, opnum, stub, n);
    assert_int_equal(*done - before, end == ANSWERED ? 1 : 0);
}

static void run_association(void)
{
    static const uint8_t stub[3000];
    struct rpc_peer peer = {.transport = RPC_NCALRPC};
    /* The longest answer to a bind: all of the address, many results. */
    const char *address = "/a/path/of/as/many/bytes/as/the/secondary/address/has/room/for/";
    struct rpc_connection *c = rpc_connection_create(server_scene.server, &peer, address);
    if (c == NULL)
        return;
    struct server_wire w = {0};
    wire_bind(&w, BIND, 1, 2048, 2048, 0, MANY_CONTEXTS);
    for (unsigned i = 0; i < MANY_CONTEXTS; i++)
        wire_context(&w, i, &cups, &ndr20);
    wire_end(&w);
    deliver(c, &w);
    if (take_end(c) == ANSWERED) {
        expect_all_or_nothing(c, 2, CREATE, NULL, 0, &server_scene.created);
        expect_all_or_nothing(c, 3, CREATE, stub, sizeof stub, &server_scene.created);
        expect_all_or_nothing(c, 4, POUR, NULL, 0, &server_scene.poured);
        assert_false(is_closed(c)); /* the association outlives it */
        if (!is_closed(c)) {
            wire_bind(&w, ALTER_CONTEXT, 4, 2048, 2048, 0, 1);
            wire_context(&w, MANY_CONTEXTS, &plates, &ndr20);
            wire_end(&w);
            deliver(c, &w);
        }
        if (!is_closed(c))
            rpc_connection_sent(c, output_length(c));
        if (!is_closed(c))
            try_call(c, 5, ECHO, stub, sizeof stub);
    }
    rpc_connection_destroy(c);
}

/* One run with a fault at the nth allocation. False: it did not fire, there are no more. */
static bool run_with_fault(uint32_t nth, enum fault_shape shape)
{
    world_reset();
    world_set_side(WORLD_SERVER);
    server_scene_open(&rpc_server_default_limits, true);
    assert_true(fault_arm(&(struct fault){.class = FAULT_MEM_ALLOC, .nth = nth, .shape = shape}));
    run_association();
    bool fired = fault_report()->fired > 0;
    fault_disarm_all();
    struct rpc_server_counts counts = rpc_server_inspect(server_scene.server);
    assert_int_equal(counts.connections, 0);
    assert_int_equal(counts.groups, 0);
    assert_int_equal(counts.context_handles, 0);
    assert_int_equal(server_scene.created, server_scene.rundowns);
    rpc_server_destroy(server_scene.server);
    assert_int_equal(ledger_summary().outstanding[WORLD_SERVER], 0);
    assert_int_equal(ledger_summary().violations, 0);
    return fired;
}

static void sweep(enum fault_shape shape)
{
    uint32_t nth = 1;
    while (nth < MOST_ALLOCATIONS && run_with_fault(nth, shape))
        nth++;
    assert_true(nth > 5 && nth < MOST_ALLOCATIONS); /* it did sweep, and it came to an end */
}

TEST(association_survives_the_failure_of_each_single_allocation)
{
    sweep(FAULT_ONE_SHOT);
}

TEST(association_survives_running_out_of_memory_for_good)
{
    sweep(FAULT_PERSISTENT);
}

/* A reply waits that nobody takes, and there is no memory for what comes: no fault can be
   said of it. */
TEST(bytes_that_can_be_neither_kept_nor_answered_end_the_connection)
{
    struct rpc_server_limits limits = rpc_server_default_limits;
    limits.output_high_water = 1;
    world_reset();
    world_set_side(WORLD_SERVER);
    server_scene_open(&limits, true);
    struct rpc_connection *c = connect_bound(RPC_NCALRPC);
    send_call(c, 2, 0, ECHO, "first", 5);
    assert_true(
        fault_arm(&(struct fault){.class = FAULT_MEM_ALLOC, .nth = 1, .shape = FAULT_PERSISTENT}));
    for (uint32_t i = 0; i < 1000; i++)
        send_call(c, 3 + i, 0, ECHO, "others", 6);
    fault_disarm_all();
    assert_false(rpc_connection_is_finished(c)); /* what was done is answered first */
    expect_response(c, 2, 0, "first", 5);
    expect_end(c);
    assert_int_equal(server_scene.managers, 1);
    rpc_connection_destroy(c);
    rpc_server_destroy(server_scene.server);
    assert_int_equal(ledger_summary().outstanding[WORLD_SERVER], 0);
}
