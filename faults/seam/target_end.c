/* SPDX-License-Identifier: Apache-2.0 */
/* Linked after the target, to mark where its code and its data end. The code in a section of its
   own, because instrumented functions are in sections of their own, and the linker keeps sections
   in the order of its input. */
__asm__(".section .text.rundown_target_end,\"ax\",@progbits\n"
        ".globl rundown_target_end\nrundown_target_end:\n");
__asm__(".data\n.globl rundown_target_data_end\nrundown_target_data_end:\n");
__asm__(".bss\n.globl rundown_target_bss_end\nrundown_target_bss_end:\n");
