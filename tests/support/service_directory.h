/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A directory for each test of what the service keeps in files.
 */
#ifndef TESTS_SERVICE_DIRECTORY_H
#define TESTS_SERVICE_DIRECTORY_H

#include "tests/support/test.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char directory[64];
static int fd;

static inline void make_directory(void)
{
    strcpy(directory, "/tmp/rundown-service.XXXXXX");
    assert_non_null(mkdtemp(directory));
    fd = open(directory, O_RDONLY | O_DIRECTORY);
    assert_true(fd >= 0);
}

static inline void remove_directory(void)
{
    char command[128];
    close(fd);
    snprintf(command, sizeof command, "rm -rf '%s'", directory);
    assert_int_equal(system(command), 0);
}

static inline void put(const char *name, const void *bytes, size_t n)
{
    int file = openat(fd, name, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    assert_true(file >= 0);
    assert_int_equal(write(file, bytes, n), n);
    close(file);
}

#endif
