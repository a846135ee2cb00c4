/* SPDX-License-Identifier: Apache-2.0 */
/* Linked before the target, to mark where its code and its data begin. The code is aligned more
   strictly than anything in the target, so that every function has the same distance from here in
   every program. */
__asm__(".text\n.p2align 6\n.globl rundown_target_start\nrundown_target_start:\n");
__asm__(".data\n.globl rundown_target_data_start\nrundown_target_data_start:\n");
__asm__(".bss\n.globl rundown_target_bss_start\nrundown_target_bss_start:\n");
