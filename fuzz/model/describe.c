/* SPDX-License-Identifier: Apache-2.0 */
#include "describe.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void add(char *out, const char *between, const char *words)
{
    size_t n = strlen(out);
    int more = snprintf(out + n, MODEL_WORDS_BYTES - n, "%s%s", n > 0 ? between : "", words);
    if ((size_t)more >= MODEL_WORDS_BYTES - n)
        memcpy(out + MODEL_WORDS_BYTES - sizeof "...", "...", sizeof "...");
}

static void describe_session(const struct model_session *h, char *out)
{
    static const char *const phases[] = {
        [MODEL_DATABASE] = "database", [MODEL_LOGS] = "logs", [MODEL_TRUNCATED] = "truncated"};
    const struct {
        bool holds;
        const char *words;
    } rows[] = {
        {true, h->backup ? "backup" : "restore"},
        {h->backup, phases[h->phase]},
        {h->open >= 0, "file open"},
        {h->restricted, "restricted"},
        {h->registered, "registered"},
        {h->poisoned, "answer waiting"},
        {h->lost, "connection lost"},
        {!h->on_server, "gone from the server"},
    };
    out[0] = '\0';
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (rows[i].holds)
            add(out, ", ", rows[i].words);
}

static int by_text(const void *a, const void *b)
{
    return strcmp(a, b);
}

/* A set has no order: equal sets have equal words. */
static void join_sorted(char (*texts)[MODEL_WORDS_BYTES], size_t count, bool once,
                        const char *between, char *out)
{
    qsort(texts, count, sizeof *texts, by_text);
    out[0] = '\0';
    for (size_t i = 0; i < count; i++)
        if (!once || i == 0 || strcmp(texts[i], texts[i - 1]) != 0)
            add(out, between, texts[i]);
}

static void describe_state(const struct model_state *s, char *out)
{
    static char sessions[MODEL_SESSIONS][MODEL_WORDS_BYTES];
    const struct {
        bool holds;
        const char *words;
    } rows[] = {
        {!s->up, "service down"},
        {s->restore_mode, "restore mode"},
        {s->interlock == INTERLOCK_IS_REGISTERED, "interlock registered"},
        {s->interlock == INTERLOCK_IS_FAILED, "interlock failed"},
        {s->identity == IDENTITY_GOOD, "right identity"},
        {s->identity == IDENTITY_BAD, "wrong identity"},
    };
    for (unsigned i = 0; i < s->session_count; i++)
        describe_session(&s->sessions[i], sessions[i]);
    join_sorted(sessions, s->session_count, false, " + ", out);
    if (out[0] == '\0')
        add(out, "", "no session");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (rows[i].holds)
            add(out, "; ", rows[i].words);
}

void model_describe(const struct model *m, char out[MODEL_WORDS_BYTES])
{
    static char states[MODEL_STATES][MODEL_WORDS_BYTES];
    for (unsigned i = 0; i < m->state_count; i++)
        describe_state(&m->states[i], states[i]);
    join_sorted(states, m->state_count, true, " or ", out);
}
