/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The memory that all peers together can make the server hold, and the facts for a policy of time.
 */
#include "tests/support/server_scene.h"
#include "tests/support/test.h"

#include "target/idl/stubs.h"
#include "target/rpc/pdu.h"
#include "target/server/ntdsb_server.h"

#include <windows.h>

#include <ntdsbcli.h>

#include <stdio.h>
#include <unistd.h>

enum { KIBIBYTE = 1 << 10, MOST_HELD = 512 * KIBIBYTE, PART = 65504 };

static const uint8_t stub[PART];

static void set_up(void)
{
    struct rpc_server_limits limits = rpc_server_default_limits;
    limits.max_held = MOST_HELD;
    server_scene_open(&limits, true);
}

AROUND_EACH_TEST(set_up, server_scene_tear_down);

static struct rpc_connection *connect_long(void)
{
    struct rpc_connection *c = server_scene_connect(RPC_NCALRPC);
    bind_in_group(c, 65528, 0);
    return c;
}

static void send_part(struct rpc_connection *c, unsigned flags, uint32_t call_id)
{
    struct server_wire w = {0};
    wire_fragment(&w, flags, call_id, 0, ECHO, stub, PART);
    deliver(c, &w);
}

/* Holds 512 KiB. */
static void hold_all(struct rpc_connection *c)
{
    for (int i = 0; i < 7; i++) {
        send_part(c, i == 0 ? FIRST : 0, 2);
        expect_silence(c);
    }
}

TEST(request_that_is_not_whole_is_refused_when_too_much_is_held)
{
    struct rpc_connection *a = connect_long(), *b = connect_long();
    hold_all(a);
    send_part(b, FIRST, 2);
    expect_fault(b, 2, 0, no_memory, DID_NOT_EXECUTE);
    send_part(b, LAST, 2); /* the rest of what was refused is dropped */
    expect_silence(b);
    expect_service(b, 3);
    send_part(a, LAST, 2);
    assert_int_equal(server_scene.managers, 2); /* who was first is served */
    rpc_connection_destroy(a);
    rpc_connection_destroy(b);
}

TEST(one_connection_alone_holds_no_more)
{
    struct rpc_connection *c = connect_long();
    hold_all(c);
    send_part(c, 0, 2);
    expect_silence(c);
    send_part(c, 0, 2); /* more than 512 KiB */
    expect_fault(c, 2, 0, no_memory, DID_NOT_EXECUTE);
    expect_service(c, 3);
    rpc_connection_destroy(c);
}

TEST(what_a_lost_connection_held_is_free_again)
{
    struct rpc_connection *a = connect_long(), *b = connect_long();
    hold_all(a);
    rpc_connection_destroy(a);
    hold_all(b);
    send_part(b, LAST, 2);
    assert_int_equal(server_scene.managers, 1);
    rpc_connection_destroy(b);
}

TEST(output_that_is_not_taken_is_held_until_it_is)
{
    struct rpc_connection *a = connect_long(), *b = connect_long();
    send_call(a, 2, 0, FILL, "\0\0\x08\0", 4); /* 512 KiB and headers: 1 MiB of memory */
    send_part(b, FIRST, 2);
    expect_fault(b, 2, 0, no_memory, DID_NOT_EXECUTE);
    rpc_connection_sent(a, output_length(a));
    send_part(b, FIRST, 3);
    send_part(b, LAST, 3);
    assert_int_equal(server_scene.managers, 2);
    rpc_connection_destroy(a);
    rpc_connection_destroy(b);
}

TEST(output_is_the_same_in_whatever_parts_it_is_taken)
{
    static const size_t parts[] = {1, 7, 4096, 65536, 100000};
    struct rpc_connection *whole = connect_long();
    send_call(whole, 2, 0, FILL, "\x01\0\x04\0", 4);
    size_t total, n;
    const uint8_t *expected = rpc_connection_output(whole, &total);
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        struct rpc_connection *c = connect_long();
        send_call(c, 2, 0, FILL, "\x01\0\x04\0", 4);
        for (size_t done = 0; done < total; done += n) {
            const uint8_t *bytes = rpc_connection_output(c, &n);
            assert_int_equal(n, total - done);
            if (n > parts[i])
                n = parts[i];
            assert_memory_equal(bytes, expected + done, n);
            rpc_connection_sent(c, n);
        }
        expect_service(c, 3);
        rpc_connection_destroy(c);
    }
    rpc_connection_destroy(whole);
}

TEST(connection_is_busy_from_the_first_byte_to_the_last)
{
    struct rpc_connection *c = connect_bound(RPC_NCALRPC);
    struct server_wire w = {0};
    assert_false(rpc_connection_is_busy(c));
    rpc_connection_receive(c, "\x05", 1);
    assert_true(rpc_connection_is_busy(c));
    wire_request(&w, 2, 0, ECHO, "x", 1);
    rpc_connection_receive(c, w.data + 1, w.length - 1);
    assert_int_equal(rpc_connection_calls(c), 1);
    assert_true(rpc_connection_is_busy(c)); /* the answer waits */
    expect_response(c, 2, 0, "x", 1);
    assert_false(rpc_connection_is_busy(c));
    w.length = 0;
    wire_fragment(&w, FIRST, 3, 0, ECHO, "x", 1);
    deliver(c, &w);
    assert_true(rpc_connection_is_busy(c));
    assert_int_equal(rpc_connection_calls(c), 1);
    wire_fragment(&w, LAST, 3, 0, ECHO, "y", 1);
    deliver(c, &w);
    assert_int_equal(rpc_connection_calls(c), 2);
    expect_response(c, 3, 0, "xy", 2);
    assert_false(rpc_connection_is_busy(c));
    rpc_connection_destroy(c);
}

/* The service itself ------------------------------------------------------------------------- */

static void call(struct rpc_connection *c, uint16_t opnum, struct buffer *request,
                 struct ndr *reply)
{
    static uint8_t bytes[128 * KIBIBYTE];
    static uint32_t call_id = 1;
    struct buffer out = BUFFER_INIT;
    size_t n;
    assert_true(pdu_put_request(&out, ++call_id, 0, opnum, request->data, request->length, 65528));
    rpc_connection_receive(c, out.data, out.length);
    buffer_destroy(&out);
    buffer_clear(request);
    const uint8_t *answer = rpc_connection_output(c, &n);
    assert_true(n > 24 && n < sizeof bytes && answer[2] == RESPONSE);
    memcpy(bytes, answer + 24, n - 24);
    ndr_decode_init(reply, bytes, n - 24, false);
    rpc_connection_sent(c, n);
}

static uint32_t read_some(struct rpc_connection *c, uint32_t size)
{
    static uint16_t name[] = {'n', 't', 'd', 's', '.', 'd', 'i', 't', 0};
    struct buffer request = BUFFER_INIT;
    struct ndr in, out;
    struct ntdsb_prepare_out prepared;
    struct ntdsb_open_file_out opened;
    struct ntdsb_read_out got;
    ndr_encode_init(&in, &request);
    ntdsb_prepare_in(&in, &(struct ntdsb_prepare_in){0, BACKUP_TYPE_FULL});
    call(c, NTDSB_PREPARE, &request, &out);
    ntdsb_prepare_out(&out, &prepared);
    struct ntdsb_session session = {.context = prepared.context};
    ndr_encode_init(&in, &request);
    ntdsb_open_file_in(&in, &(struct ntdsb_open_file_in){session, {name, 8}, NTDSB_LEAST_READ});
    call(c, NTDSB_OPEN_FILE, &request, &out);
    ntdsb_open_file_out(&out, &opened);
    session.file = opened.file;
    ndr_encode_init(&in, &request);
    ntdsb_read_in(&in, &(struct ntdsb_read_in){session, 0, size});
    call(c, NTDSB_READ, &request, &out);
    ntdsb_read_out(&out, &got, size);
    assert_int_equal(got.result, S_OK);
    buffer_destroy(&request);
    return got.data.length;
}

TEST(reads_become_short_when_too_much_is_held)
{
    static const struct {
        size_t held;
        uint32_t read;
    } cases[] = {
        {1 << 20, 65536}, {65536, 65536}, {65535, NTDSB_LEAST_READ}, {0, NTDSB_LEAST_READ}};
    char directory[] = "/tmp/rundown-held.XXXXXX", path[64];
    assert_non_null(mkdtemp(directory));
    snprintf(path, sizeof path, "%s/ntds.dit", directory);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(stub, PART, 1, file) + fwrite(stub, PART, 1, file), 2);
    fclose(file);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct ntdsb_server_config config = ntdsb_server_default_config;
        struct rpc_peer peer = {.transport = RPC_NCALRPC, .trusted = true};
        struct ntdsb_server *server;
        struct buffer out = BUFFER_INIT;
        struct pdu_bind_offer offer = {0, ntdsb_backup_interface_id, rpc_ndr20_syntax};
        size_t n;
        config.store_dir = directory;
        config.host_name = "host";
        struct rpc_server_limits limits = rpc_server_default_limits;
        limits.max_held = cases[i].held;
        config.limits = &limits;
        assert_int_equal(ntdsb_server_create(&config, &server), 0);
        struct rpc_connection *c = rpc_connection_create(ntdsb_server_rpc(server), &peer, "");
        assert_true(pdu_put_bind(&out, PDU_BIND, 1, 0, 65528, 65528, 0, &offer, 1, NULL));
        rpc_connection_receive(c, out.data, out.length);
        buffer_destroy(&out);
        rpc_connection_output(c, &n);
        rpc_connection_sent(c, n);
        assert_int_equal(read_some(c, 65536), cases[i].read);
        rpc_connection_destroy(c);
        ntdsb_server_destroy(server);
    }
    snprintf(path, sizeof path, "rm -rf '%s'", directory);
    assert_int_equal(system(path), 0);
}
