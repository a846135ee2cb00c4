/* SPDX-License-Identifier: Apache-2.0 */
#include "manifest.h"

#include "durable_file.h"
#include "messages.h"
#include "names.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MANIFEST_MAX = 8 << 20, FILES_MAX = 8192, FIELDS_MAX = 6 };

static const char first_line[] = "dsbackup manifest 1\n";
static const char last_tag[] = "end\t";

/* The list of files ------------------------------------------------------------------------- */

const struct manifest_file *manifest_find(const struct manifest *m, const char *name)
{
    for (size_t i = 0; i < m->count; i++)
        if (strcmp(m->files[i].name, name) == 0)
            return &m->files[i];
    return NULL;
}

static bool is_clean(const char *text)
{
    for (; *text != '\0'; text++)
        if ((unsigned char)*text < ' ' || *text == 0x7f)
            return false;
    return true;
}

static const char *objection(const struct manifest *m, const struct manifest_file *file)
{
    if (!names_fits_kind(file->name, file->kind) || strcmp(file->name, MANIFEST_NAME) == 0 ||
        strcmp(file->name, TOKEN_NAME) == 0)
        return "not a name for a file of this kind";
    if (!is_clean(file->origin))
        return "its origin holds control characters";
    if (manifest_find(m, file->name) != NULL)
        return "named twice";
    return m->count == FILES_MAX ? "too many files" : NULL;
}

bool manifest_may_add(const struct manifest *m, const struct manifest_file *file)
{
    const char *why = objection(m, file);
    if (why != NULL)
        message("refused: file '%s': %s", is_clean(file->name) ? file->name : "(unprintable)", why);
    return why == NULL;
}

bool manifest_add(struct manifest *m, const struct manifest_file *file)
{
    if (!manifest_may_add(m, file))
        return false;
    struct manifest_file added = *file;
    struct manifest_file *files = reallocarray(m->files, m->count + 1, sizeof *files);
    if (files != NULL)
        m->files = files;
    added.name = strdup(file->name);
    added.origin = strdup(file->origin);
    if (files == NULL || added.name == NULL || added.origin == NULL) {
        message("out of memory");
        free(added.name);
        free(added.origin);
        return false;
    }
    m->files[m->count++] = added;
    return true;
}

void manifest_destroy(struct manifest *m)
{
    for (size_t i = 0; i < m->count; i++) {
        free(m->files[i].name);
        free(m->files[i].origin);
    }
    free(m->files);
    *m = (struct manifest){0};
}

/* Writing ----------------------------------------------------------------------------------- */

/* A stream in memory that cannot grow says so in the result of the call alone: neither ferror() nor
   fclose() does. */
static bool print(const struct manifest *m, FILE *out)
{
    char sum[DIGEST_TEXT + 1];
    digest_to_text(&m->token_checksum, sum);
    bool done = fprintf(out, "%stoken\t%" PRIu64 "\t%s\t%s\n", first_line, m->token_size, sum,
                        TOKEN_NAME) > 0;
    for (size_t i = 0; done && i < m->count; i++) {
        const struct manifest_file *f = &m->files[i];
        digest_to_text(&f->checksum, sum);
        done = fprintf(out, "file\t%c\t%" PRIu64 "\t%s\t%s\t%s\n", f->kind, f->size, sum, f->name,
                       f->origin) > 0;
    }
    return done;
}

bool manifest_write(const struct manifest *m, int directory, const char *where)
{
    char *text = NULL, sum[DIGEST_TEXT + 1];
    size_t n = 0;
    FILE *out = open_memstream(&text, &n);
    if (out == NULL) {
        message("out of memory");
        return false;
    }
    bool done = print(m, out) && fflush(out) == 0;
    if (done) {
        struct digest all = digest_of(text, n);
        digest_to_text(&all, sum);
        done = fprintf(out, "%s%s\n", last_tag, sum) > 0;
    }
    done = fclose(out) == 0 && done;
    if (!done)
        message("out of memory");
    else if (!(done = durable_write(directory, MANIFEST_NAME, text, n)))
        message_errno(where, "cannot write the manifest");
    free(text);
    return done;
}

/* Reading ----------------------------------------------------------------------------------- */

/* Cuts a line at its TABs. The number of fields; FIELDS_MAX + 1: too many. */
static size_t split(char *line, char *fields[FIELDS_MAX])
{
    size_t count = 0;
    while (line != NULL && count < FIELDS_MAX)
        fields[count++] = strsep(&line, "\t");
    return line == NULL ? count : FIELDS_MAX + 1;
}

static bool parse_size(const char *text, uint64_t *out)
{
    size_t digits = strspn(text, "0123456789");
    if (digits == 0 || digits > 18 || text[digits] != '\0' || (text[0] == '0' && digits > 1))
        return false;
    *out = strtoull(text, NULL, 10);
    return true;
}

static bool parse_checksum(const char *text, struct digest *out)
{
    return strlen(text) == DIGEST_TEXT && digest_from_text(text, out);
}

static bool parse_token(struct manifest *m, char *line)
{
    char *fields[FIELDS_MAX];
    return split(line, fields) == 4 && strcmp(fields[0], "token") == 0 &&
           parse_size(fields[1], &m->token_size) && m->token_size <= TOKEN_MAX &&
           parse_checksum(fields[2], &m->token_checksum) && strcmp(fields[3], TOKEN_NAME) == 0;
}

static bool parse_file(struct manifest *m, char *line)
{
    char *fields[FIELDS_MAX];
    struct manifest_file f;
    if (split(line, fields) != 6 || strcmp(fields[0], "file") != 0 || strlen(fields[1]) != 1 ||
        !parse_size(fields[2], &f.size) || !parse_checksum(fields[3], &f.checksum))
        return false;
    f.kind = fields[1][0];
    f.name = fields[4];
    f.origin = fields[5];
    return manifest_add(m, &f);
}

/* The lines between the first and the last one. The number of the line that is wrong; 0: none. */
static unsigned parse_lines(struct manifest *m, char *text)
{
    unsigned number = 2, databases = 0;
    char *line = strsep(&text, "\n");
    if (line == NULL || text == NULL || !parse_token(m, line))
        return number;
    while ((line = strsep(&text, "\n")), text != NULL) {
        number++;
        if (!parse_file(m, line))
            return number;
        databases += m->files[m->count - 1].kind == KIND_DATABASE;
    }
    /* What is left is the beginning of the last line, unless that is a line of its own. */
    return databases == 1 && *line == '\0' ? 0 : number + 1;
}

/* The beginning of the last line, if its checksum fits the lines before it; NULL otherwise. */
static char *check_whole(char *text, size_t n)
{
    const size_t last = sizeof last_tag - 1 + DIGEST_TEXT + 1;
    struct digest said, is;
    if (n < last || memchr(text, '\0', n) != NULL || text[n - 1] != '\n')
        return NULL;
    char *end = text + n - last;
    if (strncmp(end, last_tag, sizeof last_tag - 1) != 0 ||
        !digest_from_text(end + sizeof last_tag - 1, &said))
        return NULL;
    is = digest_of(text, n - last);
    return digest_equal(said.bytes, is.bytes) ? end : NULL;
}

static bool parse(struct manifest *m, char *text, size_t n, const char *where)
{
    if (strncmp(text, first_line, sizeof first_line - 1) != 0) {
        message("%s: its manifest is not one of this version", where);
        return false;
    }
    char *end = check_whole(text, n);
    if (end == NULL) {
        message("%s: its manifest is damaged or cut short", where);
        return false;
    }
    *end = '\0';
    unsigned wrong = parse_lines(m, text + sizeof first_line - 1);
    if (wrong != 0)
        message("%s: line %u of its manifest is wrong, or it names not exactly one database", where,
                wrong);
    return wrong == 0;
}

bool manifest_read(struct manifest *out, int directory, const char *where)
{
    size_t n = 0;
    *out = (struct manifest){0};
    char *text = malloc(MANIFEST_MAX + 1);
    if (text == NULL) {
        message("out of memory");
        return false;
    }
    bool done = durable_read(directory, MANIFEST_NAME, text, MANIFEST_MAX, &n);
    if (!done && errno == ENOENT)
        message("%s: has no manifest: not a whole backup", where);
    else if (!done)
        message_errno(where, "cannot read the manifest");
    if (done) {
        text[n] = '\0';
        done = parse(out, text, n, where);
    }
    if (!done)
        manifest_destroy(out);
    free(text);
    return done;
}
