/* SPDX-License-Identifier: Apache-2.0 */
/* Linked behind the target: where its code ends. In a section of its own, because instrumented
   functions are in theirs, and sections keep the order in which they come. */
__asm__(".section .text.rundown_target_end,\"ax\",@progbits\n"
        ".globl rundown_target_end\nrundown_target_end:\n");
