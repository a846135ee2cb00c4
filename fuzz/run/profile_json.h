/* SPDX-License-Identifier: Apache-2.0 */
/* The profile for machines. */
#ifndef FUZZ_RUN_PROFILE_JSON_H
#define FUZZ_RUN_PROFILE_JSON_H

#include <jansson.h>

/* In what the implementation differs: a text for each line that profile_print() writes below its
   head. */
json_t *profile_json(void);

#endif
