/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a sweep found, for machines. The JSON is written here; SARIF and JUnit are made of it by
 * what makes those of the suite's own findings (fuzz/report).
 */
#ifndef SCENARIO_FORMATS_H
#define SCENARIO_FORMATS_H

#include "report.h"

struct formats {
    const char *json, *sarif, *junit; /* paths; NULL: not wanted */
    const char *report_folder;        /* fuzz/report of the suite */
};

/* False: one of them cannot be written, which is said. */
bool formats_write(const struct formats *f, const struct swept *s);

#endif
