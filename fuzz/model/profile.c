/* SPDX-License-Identifier: Apache-2.0 */
#include "profile.h"

#include "fuzz/program/codes.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { WORD_BYTES = 64 };

static const char *const part_names[PROFILE_PARTS] = {
    [PROFILE_MODEL] = "its service is not known: no answer is held against the model",
    [PROFILE_HONESTY] = "half of the answers are false: none is held against the model",
    [PROFILE_CLIENT_COUNTS] = "what its client counts is not known",
    [PROFILE_SERVER_COUNTS] = "what its service counts is not known",
    [PROFILE_TCP] = "it has no TCP port",
};

/* What was left out. */
struct counts {
    atomic_ullong blind[CONTRACT_RULES], cut[CONTRACT_RULES]; /* programs, by row */
    atomic_ullong lacking[PROGRAM_FUNCTIONS], tcp;            /* programs, by what they call */
    atomic_ullong runs;
};

bool profile_differs;
static struct {
    bool off[CONTRACT_RULES], replaced[CONTRACT_RULES];
    int32_t codes[CONTRACT_RULES];
    bool lacks[PROGRAM_FUNCTIONS];
    bool without[PROFILE_PARTS];
    struct counts *counts; /* shared by all processes that this one starts */
} profile;

static struct counts *counts(void)
{
    if (profile.counts == NULL) {
        void *page = mmap(NULL, sizeof *profile.counts, PROT_READ | PROT_WRITE,
                          MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        if (page == MAP_FAILED)
            abort();
        profile.counts = page;
    }
    return profile.counts;
}

/* The text ------------------------------------------------------------------------------------ */

static enum contract_rule find_rule(const char *name)
{
    for (unsigned r = CONTRACT_NONE + 1; r < CONTRACT_RULES; r++)
        if (strcmp(contract_rule_name((enum contract_rule)r), name) == 0)
            return (enum contract_rule)r;
    return CONTRACT_NONE;
}

static unsigned find_function(const char *name)
{
    unsigned f = 0;
    while (f < PROGRAM_FUNCTIONS && strcmp(api_functions[f].name, name) != 0)
        f++;
    return f;
}

/* "NAME off" or "NAME -> CODE". NULL: good; else what is wrong. */
static const char *take_line(const char *line)
{
    char name[WORD_BYTES], word[WORD_BYTES], code[WORD_BYTES], more;
    int words = sscanf(line, "%63s %63s %63s %c", name, word, code, &more);
    if (words <= 0)
        return NULL;
    bool off = words == 2 && strcmp(word, "off") == 0;
    if (!off && (words != 3 || strcmp(word, "->") != 0))
        return "it must be 'NAME off' or 'NAME -> CODE'";
    enum contract_rule rule = find_rule(name);
    unsigned function = find_function(name);
    if (rule == CONTRACT_NONE && (function == PROGRAM_FUNCTIONS || !off))
        return "there is no row of that name in docs/contract.md, and no function that is off";
    if (rule == CONTRACT_NONE)
        profile_lacks(function);
    else if (off)
        profile.off[rule] = true;
    else if (!code_value(code, strlen(code), &profile.codes[rule]))
        return "there is no code of that name";
    else if (profile.codes[rule] == 0)
        return "a row that is answered with success is off";
    else
        profile.replaced[rule] = true;
    profile_differs = true;
    return NULL;
}

bool profile_read(const char *text, char *why, size_t capacity)
{
    for (unsigned number = 1; *text != '\0'; number++) {
        size_t length = strcspn(text, "\n");
        char *line = strndup(text, length);
        if (line == NULL)
            abort();
        line[strcspn(line, "#")] = '\0';
        const char *wrong = take_line(line);
        free(line);
        if (wrong != NULL) {
            snprintf(why, capacity, "line %u: %s", number, wrong);
            return false;
        }
        text += length + (text[length] == '\n');
    }
    return true;
}

void profile_lacks(unsigned function)
{
    profile.lacks[function] = profile_differs = true;
    counts();
}

void profile_goes_without(enum profile_part part)
{
    profile.without[part] = profile_differs = true;
    counts();
}

/* Questions ----------------------------------------------------------------------------------- */

bool profile_has_by_list(enum profile_part part)
{
    return !profile.without[part];
}

bool profile_is_off_by_list(enum contract_rule rule)
{
    return profile.off[rule];
}

int32_t profile_code(enum contract_rule rule, int32_t code)
{
    return profile.replaced[rule] ? profile.codes[rule] : code;
}

void profile_count_blind(enum contract_rule rule)
{
    counts()->blind[rule]++;
}

void profile_count_cut(enum contract_rule rule)
{
    counts()->cut[rule]++;
}

/* The same function in the other form, or itself. */
static uint8_t other_form(uint8_t function)
{
    const struct api_function *f = &api_functions[function];
    for (unsigned i = 0; i < API_FUNCTIONS; i++)
        if (api_functions[i].shape == f->shape && api_functions[i].wide != f->wide &&
            api_functions[i].shape < EVENT_CLIENT_EXIT)
            return (uint8_t)i;
    return function;
}

const struct program *profile_fit(const struct program *p)
{
    static struct program fitted;
    if (!profile_differs)
        return p;
    counts()->runs++;
    if (profile.without[PROFILE_TCP] && p->world.tcp) {
        counts()->tcp++;
        return NULL;
    }
    const struct program *result = p;
    for (size_t i = 0; i < p->call_count; i++) {
        uint8_t function = p->calls[i].function;
        if (!profile.lacks[function])
            continue;
        uint8_t other = function < API_FUNCTIONS ? other_form(function) : function;
        if (profile.lacks[other]) {
            counts()->lacking[function]++;
            return NULL;
        }
        if (result == p)
            fitted = *p;
        fitted.calls[i].function = other;
        result = &fitted;
    }
    return result;
}

/* The report ---------------------------------------------------------------------------------- */

static void print_rule(enum contract_rule rule, FILE *out)
{
    if (!profile.off[rule] && !profile.replaced[rule])
        return;
    fprintf(out, "  %s %s%s", contract_rule_name(rule), profile.off[rule] ? "off" : "-> ",
            profile.off[rule] ? "" : code_text(profile.codes[rule]));
    if (counts()->blind[rule] > 0)
        fprintf(out, "; in %llu runs the model went blind there", counts()->blind[rule]);
    if (counts()->cut[rule] > 0)
        fprintf(out, "; %llu runs ended before such a call", counts()->cut[rule]);
    fputc('\n', out);
}

void profile_print(FILE *out)
{
    if (!profile_differs || counts()->runs == 0)
        return;
    fputs("profile:\n", out);
    for (unsigned i = 0; i < PROFILE_PARTS; i++)
        if (profile.without[i])
            fprintf(out, "  %s\n", part_names[i]);
    if (counts()->tcp > 0)
        fprintf(out, "  %llu runs over TCP left out\n", counts()->tcp);
    for (unsigned i = 0; i < PROGRAM_FUNCTIONS; i++)
        if (counts()->lacking[i] > 0)
            fprintf(out, "  no %s: %llu runs left out\n", api_functions[i].name,
                    counts()->lacking[i]);
    for (unsigned r = CONTRACT_NONE + 1; r < CONTRACT_RULES; r++)
        print_rule((enum contract_rule)r, out);
}
