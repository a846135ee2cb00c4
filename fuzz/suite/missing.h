/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Stands in for the functions of ntdsbcli.h that an implementation does not have, so that the suite
 * links.
 */
#ifndef FUZZ_MISSING_H
#define FUZZ_MISSING_H

/* The name of the function that is missing, from 0 on; NULL: there are no more. */
const char *missing_function(unsigned number);

#endif
