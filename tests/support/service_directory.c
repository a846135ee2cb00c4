/* SPDX-License-Identifier: Apache-2.0 */
#include "service_directory.h"

char directory[64];
int directory_fd;

void make_directory(void)
{
    strcpy(directory, "/tmp/rundown-service.XXXXXX");
    assert_non_null(mkdtemp(directory));
    directory_fd = open(directory, O_RDONLY | O_DIRECTORY);
    assert_true(directory_fd >= 0);
}

void remove_directory(void)
{
    char command[128];
    close(directory_fd);
    snprintf(command, sizeof command, "rm -rf '%s'", directory);
    assert_int_equal(system(command), 0);
}

void put(const char *name, const void *bytes, size_t n)
{
    int file = openat(directory_fd, name, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    assert_true(file >= 0);
    assert_int_equal(write(file, bytes, n), n);
    close(file);
}
