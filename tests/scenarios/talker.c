/* SPDX-License-Identifier: Apache-2.0 */
#include "talker.h"

#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

int talker_first_byte(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    unsigned char byte = 0;
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    if (fd < 0)
        return -1;
    strncpy(address.sun_path, path, sizeof address.sun_path - 1);
    if (connect(fd, (const struct sockaddr *)&address, sizeof address) != 0) {
        close(fd);
        return -1;
    }
    if (read(fd, &byte, 1) != 1)
        return -1;
    close(fd);
    return byte;
}
