/* SPDX-License-Identifier: Apache-2.0 */
#include "fuzz/run/report.h"

#include <stdarg.h>
#include <stdio.h>

bool report_find(struct run_report *r, int call, enum verdict verdict, const char *format, ...)
{
    if (r->finding)
        return false;
    r->finding = true;
    r->call = call;
    r->other = NULL;
    r->verdict = verdict;
    r->expected = r->got = 0;
    r->cause[0] = '\0';
    r->behind.count = 0;
    r->stack[0] = NULL;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(r->detail, sizeof r->detail, format, arguments);
    va_end(arguments);
    return true;
}
