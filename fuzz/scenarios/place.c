/* SPDX-License-Identifier: Apache-2.0 */
/* Compiled for each program of scenarios, with that folder as RUNDOWN_REPORT. */
#include "place.h"

const char *scenarios_report_folder(void)
{
    return RUNDOWN_REPORT;
}
