/* SPDX-License-Identifier: Apache-2.0 */
#include "endpoint.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/un.h>
#include <unistd.h>

enum { BACKLOG = 128 };

static bool parse_local(const char *path, size_t n, struct endpoint *out)
{
    struct sockaddr_un local = {.sun_family = AF_UNIX};
    if (n == 0 || n >= sizeof local.sun_path)
        return false;
    memcpy(local.sun_path, path, n);
    memcpy(&out->address, &local, sizeof local);
    out->length = sizeof local;
    return true;
}

/* getaddrinfo() keeps the low 16 bits of a larger number. */
static bool is_port(const char *text)
{
    unsigned long port = 0;
    size_t digits = strspn(text, "0123456789");
    for (size_t i = 0; i < digits && port <= UINT16_MAX; i++)
        port = port * 10 + (unsigned long)(text[i] - '0');
    return digits > 0 && text[digits] == '\0' && port <= UINT16_MAX;
}

static bool parse_tcp(const char *text, size_t host_bytes, size_t bytes, struct endpoint *out)
{
    char host[256], port[8];
    size_t port_bytes = bytes - host_bytes - 1;
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV}, *found;
    if (host_bytes >= sizeof host || port_bytes == 0 || port_bytes >= sizeof port)
        return false;
    snprintf(host, sizeof host, "%.*s", (int)host_bytes, text);
    snprintf(port, sizeof port, "%.*s", (int)port_bytes, text + host_bytes + 1);
    if (!is_port(port))
        return false;
    if (getaddrinfo(host_bytes > 0 ? host : "127.0.0.1", port, &hints, &found) != 0)
        return false;
    memcpy(&out->address, found->ai_addr, found->ai_addrlen);
    out->length = found->ai_addrlen;
    freeaddrinfo(found);
    return true;
}

bool endpoint_parse(const char *binding, struct endpoint *out)
{
    static const char local[] = "ncalrpc:[", tcp[] = "ncacn_ip_tcp:";
    size_t n = strlen(binding);
    *out = (struct endpoint){0};
    if (n == 0 || binding[n - 1] != ']')
        return false;
    if (strncmp(binding, local, sizeof local - 1) == 0)
        return parse_local(binding + sizeof local - 1, n - sizeof local, out);
    const char *bracket = strchr(binding, '[');
    if (strncmp(binding, tcp, sizeof tcp - 1) != 0 || bracket == NULL)
        return false;
    const char *host = binding + sizeof tcp - 1;
    return parse_tcp(host, (size_t)(bracket - host), n - sizeof tcp, out);
}

static int give_up(int fd)
{
    int error = errno;
    close(fd);
    errno = error;
    return -1;
}

static int make_socket(const struct endpoint *e)
{
    return socket(e->address.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
}

static bool make_non_blocking(int fd)
{
    return fcntl(fd, F_SETFL, O_NONBLOCK) == 0;
}

int endpoint_listen(const struct endpoint *e)
{
    int fd = make_socket(e), one = 1;
    if (fd < 0)
        return -1;
    if (e->address.ss_family == AF_UNIX) {
        /* The socket file is left over from a process that has ended. */
        const struct sockaddr_un *local = (const void *)&e->address;
        if (connect(fd, (const struct sockaddr *)&e->address, e->length) != 0 &&
            errno == ECONNREFUSED)
            unlink(local->sun_path);
        close(fd);
        fd = make_socket(e);
        if (fd < 0)
            return -1;
    } else {
        setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    }
    if (bind(fd, (const struct sockaddr *)&e->address, e->length) != 0 ||
        listen(fd, BACKLOG) != 0 || !make_non_blocking(fd))
        return give_up(fd);
    return fd;
}

int endpoint_connect(const struct endpoint *e)
{
    int fd = make_socket(e);
    if (fd >= 0 && (connect(fd, (const struct sockaddr *)&e->address, e->length) != 0 ||
                    !make_non_blocking(fd)))
        return give_up(fd);
    return fd;
}
