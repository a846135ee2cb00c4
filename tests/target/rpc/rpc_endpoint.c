/* SPDX-License-Identifier: Apache-2.0 */
/*
 * String bindings, as rpc_binding.h defines them.
 */
#include "tests/support/test.h"

#include "target/include/winerror.h"
#include "target/rpc/rpc_binding.h"

#include <string.h>

TEST(ncalrpc_is_a_path)
{
    struct rpc_endpoint e;
    assert_int_equal(rpc_endpoint_parse("ncalrpc:[/run/ntdsbsrvd/ncalrpc]", &e), 0);
    assert_int_equal(e.transport, RPC_NCALRPC);
    assert_string_equal(e.path, "/run/ntdsbsrvd/ncalrpc");
    assert_int_equal(rpc_endpoint_parse("ncalrpc:[/a[b]", &e), 0);
    assert_string_equal(e.path, "/a[b");
}

TEST(ncacn_ip_tcp_is_address_and_port_in_host_order)
{
    struct rpc_endpoint e;
    assert_int_equal(rpc_endpoint_parse("ncacn_ip_tcp:127.0.0.1[1350]", &e), 0);
    assert_int_equal(e.transport, RPC_NCACN_IP_TCP);
    assert_int_equal(e.ipv4, 0x7f000001);
    assert_int_equal(e.port, 1350);
    assert_int_equal(rpc_endpoint_parse("ncacn_ip_tcp:255.254.253.252[65535]", &e), 0);
    assert_int_equal(e.ipv4, 0xfffefdfc);
    assert_int_equal(e.port, 65535);
    assert_int_equal(rpc_endpoint_parse("ncacn_ip_tcp:127.0.0.1[00001]", &e), 0);
    assert_int_equal(e.port, 1);
}

TEST(each_malformed_binding_has_its_code_and_changes_nothing)
{
    const struct {
        const char *text;
        uint32_t code;
    } rows[] = {
        {"", RPC_S_INVALID_STRING_BINDING},
        {"ncalrpc", RPC_S_INVALID_STRING_BINDING},
        {"ncalrpc:", RPC_S_INVALID_STRING_BINDING},
        {"ncalrpc:/run/x", RPC_S_INVALID_STRING_BINDING},
        {"ncalrpc:[/run/x", RPC_S_INVALID_STRING_BINDING},
        {"ncalrpc:/run/x]", RPC_S_INVALID_STRING_BINDING},
        {"ncalrpc:[/run/x] ", RPC_S_INVALID_STRING_BINDING},
        {"ncacn_ip_tcp:", RPC_S_INVALID_STRING_BINDING},
        {"ncacn_ip_tcp:127.0.0.1", RPC_S_INVALID_STRING_BINDING},
        {"ncacn_np:server[\\pipe\\lsass]", RPC_S_PROTSEQ_NOT_SUPPORTED},
        {":[/run/x]", RPC_S_PROTSEQ_NOT_SUPPORTED},
        {"NCALRPC:[/run/x]", RPC_S_PROTSEQ_NOT_SUPPORTED},
        {"ncalrpc2:[/run/x]", RPC_S_PROTSEQ_NOT_SUPPORTED},
        {"ncalrpc:server[/run/x]", RPC_S_INVALID_NET_ADDR},
        {"ncalrpc:[]", RPC_S_INVALID_ENDPOINT_FORMAT},
        {"ncalrpc:[relative]", RPC_S_INVALID_ENDPOINT_FORMAT},
        {"ncalrpc:[/run/x]]", RPC_S_INVALID_ENDPOINT_FORMAT},
        {"ncacn_ip_tcp:[1350]", RPC_S_INVALID_NET_ADDR},
        {"ncacn_ip_tcp:localhost[1350]", RPC_S_INVALID_NET_ADDR},
        {"ncacn_ip_tcp:127.0.0.256[1350]", RPC_S_INVALID_NET_ADDR},
        {"ncacn_ip_tcp:127.0.0.1.[1350]", RPC_S_INVALID_NET_ADDR},
        {"ncacn_ip_tcp:127.000.000.0001[1350]", RPC_S_INVALID_NET_ADDR},
        {"ncacn_ip_tcp: 127.0.0.1[1350]", RPC_S_INVALID_NET_ADDR},
        {"ncacn_ip_tcp:127.0.0.1[]", RPC_S_INVALID_ENDPOINT_FORMAT},
        {"ncacn_ip_tcp:127.0.0.1[0]", RPC_S_INVALID_ENDPOINT_FORMAT},
        {"ncacn_ip_tcp:127.0.0.1[65536]", RPC_S_INVALID_ENDPOINT_FORMAT},
        {"ncacn_ip_tcp:127.0.0.1[001350]", RPC_S_INVALID_ENDPOINT_FORMAT},
        {"ncacn_ip_tcp:127.0.0.1[4294968646]", RPC_S_INVALID_ENDPOINT_FORMAT},
        {"ncacn_ip_tcp:127.0.0.1[-1]", RPC_S_INVALID_ENDPOINT_FORMAT},
        {"ncacn_ip_tcp:127.0.0.1[+1]", RPC_S_INVALID_ENDPOINT_FORMAT},
        {"ncacn_ip_tcp:127.0.0.1[13 50]", RPC_S_INVALID_ENDPOINT_FORMAT},
        {"ncacn_ip_tcp:127.0.0.1[1350]]", RPC_S_INVALID_ENDPOINT_FORMAT},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct rpc_endpoint e, untouched;
        memset(&e, 0x5a, sizeof e);
        memset(&untouched, 0x5a, sizeof untouched);
        uint32_t code = rpc_endpoint_parse(rows[i].text, &e);
        if (code != rows[i].code)
            print_error("%s\n", rows[i].text);
        assert_int_equal(code, rows[i].code);
        assert_memory_equal(&e, &untouched, sizeof e);
    }
}

/* sun_path holds 108 bytes with the NUL. [unix(7)] */
TEST(path_of_107_bytes_fits_and_108_do_not)
{
    char text[200];
    struct rpc_endpoint e;
    for (size_t length = 107; length <= 108; length++) {
        memcpy(text, "ncalrpc:[/", 10);
        memset(text + 10, 'x', length - 1);
        memcpy(text + 9 + length, "]", 2);
        assert_int_equal(rpc_endpoint_parse(text, &e),
                         length == 107 ? 0 : RPC_S_INVALID_ENDPOINT_FORMAT);
    }
    assert_int_equal(strlen(e.path), 107);
}
