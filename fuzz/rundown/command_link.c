/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rundown link: the suite for another implementation, without CMake.
 */
#include "rundown.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SCRIPT "/share/rundown/world/fuzz/suite/link.sh"

static struct link_settings {
    const char *name, *world, *profile, *libraries;
} settings = {.name = "mine", .world = "", .profile = "", .libraries = ""};

static const struct option_row rows[] = {
#define AT(member) offsetof(struct link_settings, member)
    {"name", "NAME", OPTION_TEXT, AT(name), 0, 0,
     "write NAME-sweep and NAME-replay (default: mine)"},
    {"world", "FILE", OPTION_TEXT, AT(world), 0, 0,
     "write the implementation on its world there, one object (default: NAME.o)"},
    {"profile", "FILE", OPTION_TEXT, AT(profile), 0, 0,
     "in what it differs from the contract (docs/your-implementation.md)"},
    {"libraries", "'A B'", OPTION_TEXT, AT(libraries), 0, 0,
     "libraries that it needs and that stay as they are: 'z m' for -lz and -lm"},
#undef AT
};

static const struct option_program line = {
    .name = "rundown link",
    .version = RUNDOWN_VERSION,
    .synopsis = "[OPTION...] FILE...",
    .summary = "link an implementation of ntdsbcli.h with the suite",
    ROWS(rows),
    .closing = "FILE is an archive or an object of it, or of what <rundown/target.h> says of it. "
               "CC in the environment is the compiler. Only an installed rundown can do it.",
};

/* The folder that this program is installed in, two above it; "": unknown. */
static const char *prefix(void)
{
    static char path[PATH_MAX];
    ssize_t n = readlink("/proc/self/exe", path, sizeof path - 1);
    path[n > 0 ? n : 0] = '\0';
    for (int up = 0; up < 2; up++) {
        char *slash = strrchr(path, '/');
        if (slash != NULL)
            *slash = '\0';
    }
    return path;
}

static int run(int count, char **files)
{
    enum { OURS = 6 };
    char script[PATH_MAX + sizeof SCRIPT];
    snprintf(script, sizeof script, "%s%s", prefix(), SCRIPT);
    if (access(script, R_OK) != 0) {
        fprintf(stderr, "rundown link: it is not installed: there is no %s\n", script);
        return EXIT_FAILURE;
    }
    const char **words = calloc((size_t)count + OURS + 1, sizeof *words);
    if (words == NULL)
        abort();
    const char *ours[OURS] = {"bash",         script,           settings.name,
                              settings.world, settings.profile, settings.libraries};
    memcpy(words, ours, sizeof ours);
    for (int i = 0; i < count; i++)
        words[OURS + i] = files[i];
    fflush(NULL);
    execvp(words[0], (char **)(uintptr_t)words);
    perror("rundown link: bash");
    free(words);
    return EXIT_FAILURE;
}

const struct rundown_command command_link = {
    .program = &line,
    .settings = &settings,
    .word = "FILE...",
    .least = 1,
    .most = ANY_NUMBER,
    .run = run,
};
