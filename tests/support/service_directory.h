/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A directory for each test of what the service keeps in files.
 */
#ifndef TESTS_SERVICE_DIRECTORY_H
#define TESTS_SERVICE_DIRECTORY_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char directory[64];
static int fd;

static inline int set_up(void **state)
{
    (void)state;
    strcpy(directory, "/tmp/rundown-service.XXXXXX");
    if (mkdtemp(directory) == NULL)
        return -1;
    fd = open(directory, O_RDONLY | O_DIRECTORY);
    return fd < 0;
}

static inline int tear_down(void **state)
{
    (void)state;
    char command[128];
    close(fd);
    snprintf(command, sizeof command, "rm -rf '%s'", directory);
    return system(command);
}

static inline void put(const char *name, const void *bytes, size_t n)
{
    int file = openat(fd, name, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    assert_true(file >= 0);
    assert_int_equal(write(file, bytes, n), n);
    close(file);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

#endif
