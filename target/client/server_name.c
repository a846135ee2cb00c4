/* SPDX-License-Identifier: Apache-2.0 */
#include "server_name.h"

#include "../include/ntdsbmsg.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

/* One unit of either form: only ASCII is allowed, so the encoding does not matter. */
static uint32_t unit(struct text_argument name, size_t i)
{
    return name.form == TEXT_FORM_WIDE ? ((const uint16_t *)name.chars)[i]
                                       : ((const uint8_t *)name.chars)[i];
}

static bool is_legal(uint32_t c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.';
}

/* The name without its backslashes. False: malformed. */
static bool parse(struct text_argument name, char out[SERVER_NAME_MAX + 1])
{
    size_t start = 0, n = 0;
    if (unit(name, 0) == '\\') {
        if (unit(name, 1) != '\\')
            return false;
        start = 2;
    }
    for (uint32_t c; (c = unit(name, start + n)) != 0; n++) {
        if (!is_legal(c) || n == SERVER_NAME_MAX)
            return false;
        out[n] = (char)c;
    }
    out[n] = 0;
    return n > 0;
}

/* The host's name, or its first label where the host's name has more. */
static bool is_host_name(const char *name)
{
    char host[SERVER_NAME_MAX + 1]; /* longer than any host's name */
    if (gethostname(host, sizeof host) != 0)
        return false;
    if (strcasecmp(name, host) == 0)
        return true;
    char *dot = strchr(host, '.');
    if (dot != NULL)
        *dot = 0;
    return strcasecmp(name, host) == 0;
}

static bool is_loopback(const struct sockaddr *address)
{
    if (address->sa_family == AF_INET) {
        struct sockaddr_in in;
        memcpy(&in, address, sizeof in);
        return ntohl(in.sin_addr.s_addr) >> 24 == IN_LOOPBACKNET;
    }
    if (address->sa_family == AF_INET6) {
        struct sockaddr_in6 in6;
        memcpy(&in6, address, sizeof in6);
        const uint8_t *bytes = in6.sin6_addr.s6_addr;
        return IN6_IS_ADDR_LOOPBACK(&in6.sin6_addr) ||
               (IN6_IS_ADDR_V4MAPPED(&in6.sin6_addr) && bytes[12] == IN_LOOPBACKNET);
    }
    return false;
}

static HRESULT resolver_failure(int code, int error)
{
    if (code == EAI_MEMORY || (code == EAI_SYSTEM && error == ENOMEM))
        return ERROR_NOT_ENOUGH_MEMORY;
    if (code == EAI_SYSTEM && (error == EMFILE || error == ENFILE))
        return RPC_S_OUT_OF_RESOURCES;
    return hrCouldNotConnect;
}

static HRESULT resolve(const char *name)
{
    struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
    struct addrinfo *list = NULL;
    int code = getaddrinfo(name, NULL, &hints, &list);
    if (code != 0)
        return resolver_failure(code, errno);
    HRESULT result = S_OK;
    for (const struct addrinfo *a = list; a != NULL; a = a->ai_next)
        if (!is_loopback(a->ai_addr))
            result = RPC_S_INVALID_BINDING;
    freeaddrinfo(list);
    return result;
}

HRESULT server_name_check(struct text_argument name)
{
    char text[SERVER_NAME_MAX + 1];
    if (!parse(name, text))
        return hrCouldNotConnect;
    if (strcmp(text, ".") == 0 || strcasecmp(text, "localhost") == 0 || is_host_name(text))
        return S_OK;
    return resolve(text);
}
