/* SPDX-License-Identifier: Apache-2.0 */
#include "finding_json.h"
#include "finding_print.h"
#include "run.h"

#include <stdlib.h>

void run_print(const struct program *p, const struct run_report *r, FILE *out)
{
    run_tell(p, r, NULL, out);
}

void run_tell(const struct program *p, const struct run_report *r,
              const struct run_options *options, FILE *out)
{
    const char *why;
    struct finding *f = finding_gather(p, r, NULL);
    if (options != NULL)
        finding_comes_from(f, "run", options->origin);
    finding_print(f, out, finding_is_in_colour(fileno(out)));
    if (options != NULL && options->report != NULL && !finding_save_json(f, options->report, &why))
        fprintf(stderr, "rundown: %s: %s\n", options->report, why);
    finding_destroy(f);
}

void run_require_clean(const struct program *p, const struct run_report *r)
{
    if (!r->finding)
        return;
    run_print(p, r, stderr);
    fflush(stderr);
    abort();
}
