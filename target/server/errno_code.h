/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The service's code for a failed system call.
 */
#ifndef SERVER_ERRNO_CODE_H
#define SERVER_ERRNO_CODE_H

#include <stdint.h>

/* The code of an errno value: one table for all file operations. Never 0. */
uint32_t errno_code(int error);

#endif
