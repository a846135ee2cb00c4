/* SPDX-License-Identifier: Apache-2.0 */
#include "fuzz/run/without.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct run_without without;

static bool leave_out(struct run_without *w, const char *word, size_t length)
{
    const struct {
        const char *word;
        bool *what;
    } words[] = {
        {"model", &w->model}, {"ledger", &w->ledger},   {"faults", &w->faults},
        {"judges", &w->all},  {"answers", &w->answers}, {"mutator", &w->mutator},
    };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (strlen(words[i].word) == length && memcmp(words[i].word, word, length) == 0) {
            *words[i].what = true;
            return true;
        }
    }
    return false;
}

static bool leave_out_list(const char *list)
{
    struct run_without w = without;
    for (;;) {
        size_t length = strcspn(list, ",");
        if (!leave_out(&w, list, length))
            return false;
        if (list[length] == '\0')
            break;
        list += length + 1;
    }
    w.answers |= w.all;
    w.model |= w.answers;
    w.ledger |= w.all;
    without = w;
    return true;
}

const struct run_without *run_without(void)
{
    static bool asked;
    const char *list = asked ? NULL : getenv("RUNDOWN_WITHOUT");
    asked = true;
    if (list != NULL && list[0] != '\0' && !leave_out_list(list)) {
        fprintf(stderr, "RUNDOWN_WITHOUT='%s': must be a list of %s\n", list, RUN_WITHOUT_WORDS);
        exit(2);
    }
    return &without;
}

bool run_leave_out(const char *list)
{
    run_without();
    return leave_out_list(list);
}
