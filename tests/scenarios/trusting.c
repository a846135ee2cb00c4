/* SPDX-License-Identifier: Apache-2.0 */
#include "trusting.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static int fetch(int fd, char *room, size_t n)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = "/trusted"};
    unsigned char length;
    if (connect(fd, (const struct sockaddr *)&address, sizeof address) != 0 ||
        recv(fd, &length, 1, 0) != 1)
        return -1;
    if (length > n)
        abort();
    return recv(fd, room, length, MSG_WAITALL) == length ? 0 : -1;
}

int trusting_read(char *room, size_t n)
{
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    if (fd < 0)
        return -1;
    int result = fetch(fd, room, n);
    close(fd);
    return result;
}
