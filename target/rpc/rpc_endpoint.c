/* SPDX-License-Identifier: Apache-2.0 */
/*
 * String bindings: protocol sequence, network address, endpoint. RPC:string-binding
 */
#include "rpc_binding.h"

#include "../include/winerror.h"

#include <arpa/inet.h>
#include <string.h>

/* Splits "PROTSEQ:ADDRESS[ENDPOINT]"; the parts are views into the string. */
struct parts {
    const char *address, *endpoint;
    size_t address_length, endpoint_length;
};

static bool split(const char *text, const char *protseq, struct parts *out)
{
    size_t n = strlen(protseq);
    if (strncmp(text, protseq, n) != 0 || text[n] != ':')
        return false;
    const char *open = strchr(text + n + 1, '[');
    size_t length = strlen(text);
    if (open == NULL || text[length - 1] != ']')
        return false;
    out->address = text + n + 1;
    out->address_length = (size_t)(open - out->address);
    out->endpoint = open + 1;
    out->endpoint_length = (size_t)(text + length - 1 - out->endpoint);
    return true;
}

static uint32_t parse_local(const struct parts *p, struct rpc_endpoint *out)
{
    if (p->address_length != 0)
        return RPC_S_INVALID_NET_ADDR;
    if (p->endpoint_length == 0 || p->endpoint_length >= sizeof out->path ||
        p->endpoint[0] != '/' || memchr(p->endpoint, ']', p->endpoint_length) != NULL)
        return RPC_S_INVALID_ENDPOINT_FORMAT;
    *out = (struct rpc_endpoint){.transport = RPC_NCALRPC};
    memcpy(out->path, p->endpoint, p->endpoint_length);
    return 0;
}

static uint32_t parse_tcp(const struct parts *p, struct rpc_endpoint *out)
{
    char address[INET_ADDRSTRLEN] = {0};
    struct in_addr ip;
    if (p->address_length == 0 || p->address_length >= sizeof address)
        return RPC_S_INVALID_NET_ADDR;
    memcpy(address, p->address, p->address_length);
    if (inet_pton(AF_INET, address, &ip) != 1)
        return RPC_S_INVALID_NET_ADDR;
    uint32_t port = 0;
    if (p->endpoint_length == 0 || p->endpoint_length > 5)
        return RPC_S_INVALID_ENDPOINT_FORMAT;
    for (size_t i = 0; i < p->endpoint_length; i++) {
        if (p->endpoint[i] < '0' || p->endpoint[i] > '9')
            return RPC_S_INVALID_ENDPOINT_FORMAT;
        port = port * 10 + (uint32_t)(p->endpoint[i] - '0');
    }
    if (port == 0 || port > UINT16_MAX)
        return RPC_S_INVALID_ENDPOINT_FORMAT;
    *out = (struct rpc_endpoint){
        .transport = RPC_NCACN_IP_TCP, .ipv4 = ntohl(ip.s_addr), .port = (uint16_t)port};
    return 0;
}

uint32_t rpc_endpoint_parse(const char *string_binding, struct rpc_endpoint *out)
{
    static const struct {
        const char *protseq;
        uint32_t (*parse)(const struct parts *, struct rpc_endpoint *);
    } protseqs[] = {{"ncalrpc", parse_local}, {"ncacn_ip_tcp", parse_tcp}};
    struct parts parts;
    for (size_t i = 0; i < sizeof protseqs / sizeof *protseqs; i++)
        if (split(string_binding, protseqs[i].protseq, &parts))
            return protseqs[i].parse(&parts, out);
    const char *colon = strchr(string_binding, ':');
    bool known = false;
    for (size_t i = 0; colon != NULL && i < sizeof protseqs / sizeof *protseqs; i++)
        known |= (size_t)(colon - string_binding) == strlen(protseqs[i].protseq) &&
                 strncmp(string_binding, protseqs[i].protseq, strlen(protseqs[i].protseq)) == 0;
    return colon == NULL || known ? RPC_S_INVALID_STRING_BINDING : RPC_S_PROTSEQ_NOT_SUPPORTED;
}
