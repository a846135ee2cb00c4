/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FUZZ_PROFILE_TEXT_H
#define FUZZ_PROFILE_TEXT_H

/* The profile that the program was built with (fuzz/model/profile.h); "" : none. */
const char *suite_profile_text(void);

#endif
