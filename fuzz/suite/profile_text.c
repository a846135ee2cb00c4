/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Compiled once for each suite, with the path of its profile as RUNDOWN_PROFILE: the program then
 * holds the text.
 */
#include "profile_text.h"

#ifdef RUNDOWN_PROFILE
__asm__(".section .rodata\n"
        "rundown_profile:\n"
        ".incbin \"" RUNDOWN_PROFILE "\"\n"
        ".byte 0\n"
        ".previous\n");
extern const char rundown_profile[] __attribute__((visibility("hidden")));

const char *suite_profile_text(void)
{
    return rundown_profile;
}
#else
const char *suite_profile_text(void)
{
    return "";
}
#endif
