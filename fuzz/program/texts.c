/* SPDX-License-Identifier: Apache-2.0 */
#include "program.h"

static const char *const servers[] = {
#define TEXT_SERVER(text, ...) text,
#include "texts.def"
};

static const char *const files[] = {
#define TEXT_FILE(text, ...) text,
#include "texts.def"
};

static const char *const paths[] = {
#define TEXT_PATH_SET(word, ...) word,
#include "texts.def"
};

static const char *const identities[] = {
#define TEXT_IDENTITY(word, ...) word,
#include "texts.def"
};

static const char *const settings[] = {
#define TEXT_SETTING(word, ...) word,
#include "texts.def"
};

static const struct {
    const char *const *entries;
    size_t count;
} tables[TEXT_TABLES] = {
    [TEXT_SERVERS] = {servers, sizeof servers / sizeof *servers},
    [TEXT_FILES] = {files, sizeof files / sizeof *files},
    [TEXT_PATHS] = {paths, sizeof paths / sizeof *paths},
    [TEXT_IDENTITIES] = {identities, sizeof identities / sizeof *identities},
    [TEXT_SETTINGS] = {settings, sizeof settings / sizeof *settings},
};

size_t program_text_count(enum text_table table)
{
    return tables[table].count;
}

const char *program_text(enum text_table table, size_t selector)
{
    return tables[table].entries[selector % tables[table].count];
}

enum text_table program_text_table(enum parameter_kind kind)
{
    switch (kind) {
    case PARAMETER_FILE:
        return TEXT_FILES;
    case PARAMETER_PATHS:
        return TEXT_PATHS;
    case PARAMETER_IDENTITY:
        return TEXT_IDENTITIES;
    case PARAMETER_SETTING:
        return TEXT_SETTINGS;
    default:
        return TEXT_SERVERS;
    }
}
