/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dsbackup as a function: its main file as it is, with another name for main(), and with a way to
 * make it a new process again, for which a signal has not come yet.
 */
#define main dsbackup_main
int dsbackup_main(int argc, char **argv);
#include "target/tools/dsbackup.c" /* NOLINT(bugprone-suspicious-include) */

void dsbackup_forget(void);
void dsbackup_forget(void)
{
    interrupted = 0;
}
