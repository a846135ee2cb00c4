/* SPDX-License-Identifier: Apache-2.0 */
/*
 * NAME-afl: afl-fuzz starts it and hands it inputs; with files as arguments it shows what they do.
 * AFL++'s own driver is not used: it begins with an input of its own, whose run may be a finding.
 */
#include "fuzz.h"

#include <stdlib.h>

/* Of afl-compiler-rt.o. */
extern uint8_t *__afl_area_ptr, *__afl_fuzz_ptr;
extern uint32_t *__afl_fuzz_len;
void __afl_manual_init(void);
int __afl_persistent_loop(unsigned rounds);

/* Inputs come in shared memory. */
int __afl_sharedmem_fuzzing = 1;
/* By these afl-fuzz sees in the file that the program waits with its fork server until it is
   called, and takes more than one input. */
__attribute__((used)) static const char persistent[] = "##SIG_AFL_PERSISTENT##";
__attribute__((used)) static const char deferred[] = "##SIG_AFL_DEFER_FORKSRV##";

int main(int argc, char **argv)
{
    fuzz_start(&argc, argv);
    if (argc > 1)
        return fuzz_show(argv + 1, argc - 1);
    fuzz_run_without_faults();
    __afl_manual_init();
    while (__afl_persistent_loop(UINT32_MAX))
        if (fuzz_input(__afl_fuzz_ptr, *__afl_fuzz_len, __afl_area_ptr))
            abort();
    return EXIT_SUCCESS;
}
