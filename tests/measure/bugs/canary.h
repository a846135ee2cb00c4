/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a planted bug says of itself, for the score card alone (Magma's idea, Hazimeh et al. 2020):
 * that its code was reached, and that the state was there in which it does harm. Whether it was
 * detected is said by the suite. Every source of a variant is compiled with -include canary.h;
 * builds for coverage-guided engines say -DCANARIES_OFF, so that nothing of this guides them.
 */
#ifndef BUGS_CANARY_H
#define BUGS_CANARY_H

#ifdef CANARIES_OFF
#define CANARY(harmful) ((void)0)
#else
void bug_canary(int harmful);
#define CANARY(harmful) bug_canary(!!(harmful))
#endif

#endif
