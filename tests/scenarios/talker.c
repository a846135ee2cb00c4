/* SPDX-License-Identifier: Apache-2.0 */
#include "talker.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static int reach(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    if (fd < 0)
        return -1;
    strncpy(address.sun_path, path, sizeof address.sun_path - 1);
    if (connect(fd, (const struct sockaddr *)&address, sizeof address) == 0)
        return fd;
    close(fd);
    return -1;
}

int talker_first_byte(const char *path)
{
    unsigned char byte = 0;
    int fd = reach(path);
    if (fd < 0)
        return -1;
    if (read(fd, &byte, 1) != 1)
        return -1;
    close(fd);
    return byte;
}

int talker_ask(const char *path)
{
    unsigned char byte = 0;
    int fd = reach(path);
    if (fd < 0)
        return -1;
    ssize_t sent = send(fd, "?", 1, MSG_NOSIGNAL);
    bool answered = (sent == 1 || errno == ENOBUFS) && recv(fd, &byte, 1, 0) == 1;
    close(fd);
    return answered ? byte : -1;
}
