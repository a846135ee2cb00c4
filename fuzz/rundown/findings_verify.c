/* SPDX-License-Identifier: Apache-2.0 */
#include "command_findings.h"

#include "fuzz/search/saved.h"
#include "fuzz/search/trial.h"
#include "inputs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct tally {
    unsigned fixed, still, untried;
};

/* What the run of a saved finding has come to. */
static void judge(const char *signature, const struct trial_end *end, struct tally *t)
{
    if (end->untried[0] != '\0') {
        printf("untried %s: %s\n", signature, end->untried);
        t->untried++;
    } else if (signatures_have(&end->signatures, signature)) {
        printf("still   %s\n", signature);
        t->still++;
    } else if (end->finding) {
        /* It may hide behind the other. */
        printf("untried %s: shows %s\n", signature, end->signatures.texts[0]);
        t->untried++;
    } else if (end->report.idle_fault >= 0) {
        printf("fixed   %s (a fault of call %d never fires any more)\n", signature,
               end->report.idle_fault + 1);
        t->fixed++;
    } else {
        printf("fixed   %s\n", signature);
        t->fixed++;
    }
}

static void verify_one(const char *folder, void *context)
{
    struct tally *t = context;
    const char *why;
    json_t *report = saved_read(folder, &why);
    const struct trial_end *end = report != NULL ? inputs_try_saved(folder, report, &why) : NULL;
    if (end != NULL) {
        judge(saved_text(report, "signature"), end, t);
    } else {
        printf("untried %s: %s\n", folder, why);
        t->untried++;
    }
    json_decref(report);
}

int findings_verify(int count, char **names)
{
    struct tally t = {0};
    int n = findings_select(count, names, verify_one, &t);
    if (n == 0)
        fprintf(stderr, "rundown: there is no finding in %s\n", findings_settings.findings);
    if (n <= 0)
        return EXIT_CANNOT_BE_TRIED;
    printf("%u still there, %u fixed, %u that cannot be tried\n", t.still, t.fixed, t.untried);
    return t.still > 0 ? EXIT_FAILURE : t.untried > 0 ? EXIT_CANNOT_BE_TRIED : EXIT_SUCCESS;
}
