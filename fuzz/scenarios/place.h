/* SPDX-License-Identifier: Apache-2.0 */
/* Where a program of scenarios finds what it does not hold itself. */
#ifndef SCENARIO_PLACE_H
#define SCENARIO_PLACE_H

/* The folder fuzz/report of the suite, as it is installed. */
const char *scenarios_report_folder(void);

#endif
