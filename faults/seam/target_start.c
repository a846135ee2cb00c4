/* SPDX-License-Identifier: Apache-2.0 */
/* Linked before the target, to mark where its code begins. Aligned more strictly than anything in
   the target, so that every function has the same distance from here in every program. */
__asm__(".text\n.p2align 6\n.globl rundown_target_start\nrundown_target_start:\n");
