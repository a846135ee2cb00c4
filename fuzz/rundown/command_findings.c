/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rundown findings: what is saved (fuzz/search/saved.h).
 */
#include "command_findings.h"

#include "fuzz/program/input.h"
#include "fuzz/search/saved.h"
#include "inputs.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct findings_settings findings_settings = {
    .findings = "findings", .by = "hand", .driver = INPUTS_ANY, .seed = ANY_NUMBER};

static const struct option_row rows[] = {
#define AT(member) offsetof(struct findings_settings, member)
    {"findings", "DIR", OPTION_TEXT, AT(findings), 0, 0,
     "the folder with the findings (default: findings)"},
    {"driver", INPUTS_DRIVERS, OPTION_CHOICE, AT(driver), 0, 0,
     "which driver the FILEs of `add` are for (default: session for texts; for bytes the name of "
     "their folder)"},
    {"by", "WORD", OPTION_TEXT, AT(by), 0, 0, "what `add` says they were found by (default: hand)"},
    {"seed", "N", OPTION_NUMBER, AT(seed), 0, ANY_NUMBER - 1, "and with which seed"},
#undef AT
};

static const struct option_command words[] = {
    {"list", NULL, "print one line each; also without a word"},
    {"show", "NAME...", "print what is known of each"},
    {"forget", "NAME...", "remove them"},
    {"verify", "[NAME...]",
     "run all, or these, and say which are fixed; exit code, as git bisect run wants it, 0: all "
     "are; "
     "1: at least one is not; 125: none is left, but one cannot be tried"},
    {"diff", "OLD NEW",
     "print what is new, gone and known in the folder NEW; exit code 1: something is new"},
    {"add", "FILE...",
     "run each input in a process of its own and save what it shows, made smaller; exit code 1: "
     "there is a finding, or a file cannot be read"},
};

static const struct option_program line = {
    .name = "rundown findings",
    .version = RUNDOWN_VERSION,
    .synopsis = "[OPTION...] [WORD [NAME...]]",
    .summary = "keep findings: one folder each, named for its cause",
    .commands = words,
    .command_count = sizeof words / sizeof *words,
    ROWS(rows),
    .closing = "A NAME is a signature, or a folder.",
};

/* Folders ------------------------------------------------------------------------------------- */

static bool is_finding(const char *folder)
{
    char path[SAVED_PATH_BYTES];
    return snprintf(path, sizeof path, "%s/report.json", folder) < (int)sizeof path &&
           access(path, F_OK) == 0;
}

/* False: none has that name. */
static bool find_folder(const char *word, char out[SAVED_PATH_BYTES])
{
    char name[SAVED_NAME_BYTES];
    saved_name(word, name);
    const char *const names[] = {name, word};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (snprintf(out, SAVED_PATH_BYTES, "%s/%s", findings_settings.findings, names[i]) <
                SAVED_PATH_BYTES &&
            is_finding(out))
            return true;
    snprintf(out, SAVED_PATH_BYTES, "%s", word);
    return is_finding(out);
}

int findings_select(int count, char **names, saved_each *each, void *context)
{
    char folder[SAVED_PATH_BYTES];
    if (count == 0) {
        int n = saved_for_each(findings_settings.findings, each, context);
        if (n < 0)
            fprintf(stderr, "rundown: %s: %s\n", findings_settings.findings, strerror(errno));
        return n;
    }
    for (int i = 0; i < count; i++) {
        if (find_folder(names[i], folder))
            continue;
        fprintf(stderr, "rundown: there is no finding '%s' in %s\n", names[i],
                findings_settings.findings);
        return -1;
    }
    for (int i = 0; i < count; i++)
        if (find_folder(names[i], folder))
            each(folder, context);
    return count;
}

/* list, show, forget -------------------------------------------------------------------------- */

/* Its report; NULL: the reason is on stderr, and *failed is set. */
static json_t *read_report(const char *folder, bool *failed)
{
    const char *why;
    json_t *report = saved_read(folder, &why);
    if (report == NULL) {
        fprintf(stderr, "rundown: %s: %s\n", folder, why);
        *failed = true;
    }
    return report;
}

static const char *known(const char *text)
{
    return text != NULL ? text : "?";
}

static void list_one(const char *folder, void *context)
{
    json_t *report = read_report(folder, context);
    if (report == NULL)
        return;
    printf("%8" JSON_INTEGER_FORMAT "  %-20s  %-10s  %-10s  %s\n", saved_seen(report),
           known(saved_found_text(report, "date")), known(saved_found_text(report, "by")),
           saved_text(report, "driver"), saved_text(report, "signature"));
    json_decref(report);
}

static int list(int count, char **names)
{
    bool failed = false;
    /* No folder: nothing was ever found. */
    if (count == 0 && access(findings_settings.findings, F_OK) != 0 && errno == ENOENT) {
        printf("0 findings in %s\n", findings_settings.findings);
        return EXIT_SUCCESS;
    }
    printf("%8s  %-20s  %-10s  %-10s  %s\n", "seen", "since", "found by", "driver", "signature");
    int n = findings_select(count, names, list_one, &failed);
    if (n >= 0)
        printf("%d findings in %s\n", n, findings_settings.findings);
    return n < 0 || failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

static void show_one(const char *folder, void *context)
{
    char path[SAVED_PATH_BYTES + 16];
    uint8_t *bytes;
    size_t n;
    const char *why;
    bool *failed = context;
    json_t *report = read_report(folder, failed);
    if (report == NULL)
        return;
    const char *origin = saved_found_text(report, "origin");
    printf("%s\n  driver %s, seen %" JSON_INTEGER_FORMAT " times since %s, found by %s%s%s\n"
           "  again: %s\n\n",
           saved_text(report, "signature"), saved_text(report, "driver"), saved_seen(report),
           known(saved_found_text(report, "date")), known(saved_found_text(report, "by")),
           origin != NULL ? ", e.g. from " : "", origin != NULL ? origin : "",
           known(saved_text(report, "reproduce")));
    json_decref(report);
    snprintf(path, sizeof path, "%s/report.txt", folder);
    if (input_read(path, 1 << 24, &bytes, &n, &why)) {
        fwrite(bytes, 1, n, stdout);
        putchar('\n');
        free(bytes);
        return;
    }
    fprintf(stderr, "rundown: %s: %s\n", path, why);
    *failed = true;
}

static int show(int count, char **names)
{
    bool failed = false;
    int n = findings_select(count, names, show_one, &failed);
    return n < 0 || failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

/* What others have put there stays. */
static void forget_one(const char *folder, void *context)
{
    static const char *const files[] = {"program.txt", "input.txt", "input.bin", "report.txt",
                                        "report.json"};
    bool *failed = context;
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        char path[SAVED_PATH_BYTES + 16];
        snprintf(path, sizeof path, "%s/%s", folder, files[i]);
        if (unlink(path) == 0 || errno == ENOENT)
            continue;
        fprintf(stderr, "rundown: %s: %s\n", path, strerror(errno));
        *failed = true;
    }
    if (rmdir(folder) == 0) {
        printf("forgotten: %s\n", folder);
        return;
    }
    fprintf(stderr, "rundown: %s: %s\n", folder, strerror(errno));
    *failed = true;
}

static int forget(int count, char **names)
{
    bool failed = false;
    int n = findings_select(count, names, forget_one, &failed);
    return n < 0 || failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

/* diff ---------------------------------------------------------------------------------------- */

struct side {
    char **signatures; /* "SIGNATURE (DRIVER)" */
    size_t count;
    bool failed;
};

static void keep(const char *folder, void *context)
{
    struct side *s = context;
    json_t *report = read_report(folder, &s->failed);
    if (report == NULL)
        return;
    s->signatures = realloc(s->signatures, (s->count + 1) * sizeof *s->signatures);
    if (s->signatures == NULL ||
        asprintf(&s->signatures[s->count++], "%s (%s)", saved_text(report, "signature"),
                 saved_text(report, "driver")) < 0)
        abort();
    json_decref(report);
}

/* An empty or missing folder OLD is that of a tree without findings; NEW has to be there. */
static bool read_side(const char *directory, bool may_be_missing, struct side *out)
{
    if (saved_for_each(directory, keep, out) < 0 && !(may_be_missing && errno == ENOENT)) {
        fprintf(stderr, "rundown: %s: %s\n", directory, strerror(errno));
        return false;
    }
    return !out->failed;
}

static bool has(const struct side *s, const char *signature)
{
    for (size_t i = 0; i < s->count; i++)
        if (strcmp(s->signatures[i], signature) == 0)
            return true;
    return false;
}

/* Prints those of `from` that `other` has, or has not. */
static unsigned print_side(const char *word, const struct side *from, const struct side *other,
                           bool in_other)
{
    unsigned n = 0;
    for (size_t i = 0; i < from->count; i++) {
        if (has(other, from->signatures[i]) != in_other)
            continue;
        printf("%-5s  %s\n", word, from->signatures[i]);
        n++;
    }
    return n;
}

static void free_side(struct side *s)
{
    for (size_t i = 0; i < s->count; i++)
        free(s->signatures[i]);
    free(s->signatures);
}

static int diff(int count, char **folders)
{
    struct side old = {0}, new = {0};
    int status = EXIT_FAILURE;
    (void)count;
    if (read_side(folders[0], true, &old) && read_side(folders[1], false, &new)) {
        unsigned fresh = print_side("new", &new, &old, false);
        unsigned gone = print_side("gone", &old, &new, false);
        unsigned both = print_side("known", &new, &old, true);
        printf("%u new, %u gone, %u known\n", fresh, gone, both);
        status = fresh > 0 ? EXIT_FAILURE : EXIT_SUCCESS;
    }
    free_side(&old);
    free_side(&new);
    return status;
}

/* The command line ---------------------------------------------------------------------------- */

static const struct {
    const char *name;
    int least, most; /* names behind it */
    int (*run)(int count, char **words);
} verbs[] = {
    {"list", 0, ANY_NUMBER, list},
    {"show", 1, ANY_NUMBER, show},
    {"forget", 1, ANY_NUMBER, forget},
    {"verify", 0, ANY_NUMBER, findings_verify},
    {"diff", 2, 2, diff},
    {"add", 1, ANY_NUMBER, findings_add_files},
};
enum { VERBS = sizeof verbs / sizeof *verbs };

static int run(int count, char **arguments)
{
    const char *name = count > 0 ? arguments[0] : "list";
    for (size_t i = 0; i < VERBS; i++) {
        int more = count > 0 ? count - 1 : 0;
        if (strcmp(verbs[i].name, name) != 0)
            continue;
        if (more >= verbs[i].least && more <= verbs[i].most)
            return verbs[i].run(more, arguments + 1);
        fprintf(stderr, "%s: %s: %s\n", line.name, name,
                more < verbs[i].least ? "a word is missing" : "too many words");
        option_table_try_help(&line);
        return EXIT_USAGE;
    }
    fprintf(stderr, "%s: unknown word '%s'; there are:", line.name, name);
    for (size_t i = 0; i < VERBS; i++)
        fprintf(stderr, "%s %s", i > 0 ? "," : "", verbs[i].name);
    fputc('\n', stderr);
    option_table_try_help(&line);
    return EXIT_USAGE;
}

const struct rundown_command command_findings = {
    .program = &line,
    .settings = &findings_settings,
    .word = "[WORD [NAME...]]",
    .most = ANY_NUMBER,
    .alone = true,
    .run = run,
};
