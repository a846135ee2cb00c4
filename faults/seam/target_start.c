/* SPDX-License-Identifier: Apache-2.0 */
/* Linked in front of the target: where its code begins. Aligned like nothing in it, so that all of
   it lies at the same distance in every program. */
__asm__(".text\n.p2align 6\n.globl rundown_target_start\nrundown_target_start:\n");
