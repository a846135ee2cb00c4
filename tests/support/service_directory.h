/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A directory for each test of the service's files.
 */
#ifndef TESTS_SERVICE_DIRECTORY_H
#define TESTS_SERVICE_DIRECTORY_H

#include "tests/support/test.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

extern char directory[64]; /* its path */
extern int directory_fd;

void make_directory(void);
void remove_directory(void);
void put(const char *name, const void *bytes, size_t n);

#endif
