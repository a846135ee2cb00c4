/* SPDX-License-Identifier: Apache-2.0 */
#include "engines.h"

#include "faults/scenario/registry.h"
#include "input.h"

#include <errno.h>
#include <glob.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { USAGE = 2, PATH_BYTES = 4096, FOLDER_BYTES = 512, OPTION_BYTES = 32 };

static const char *name;

static int complain(const char *what, const char *advice)
{
    fprintf(stderr, "%s: fuzz: %s: %s; %s\n", name, what, strerror(errno), advice);
    return USAGE;
}

/* The program beside this one. */
static char *beside(const char *suffix)
{
    static char path[PATH_BYTES];
    ssize_t n = readlink("/proc/self/exe", path, sizeof path - sizeof "-fuzz");
    snprintf(path + (n > 0 ? n : 0), sizeof "-fuzz", "%s", suffix);
    return path;
}

/* AFL++ -----------------------------------------------------------------------------------------
 */

static const char install[] = "install AFL++ (Debian's package afl++), then configure and build";

struct afl {
    char *program, *benign; /* --benign=FILE, or NULL */
    char **words;           /* of afl-fuzz */
    char folder[FOLDER_BYTES], seeds[FOLDER_BYTES + OPTION_BYTES];
};

/* To begin with, a run of each scenario without a fault. */
static bool write_seeds(const struct afl *a)
{
    char path[PATH_BYTES];
    mkdir(a->folder, 0777);
    mkdir(a->seeds, 0777);
    for (unsigned i = 0; i < scenario_count(); i++) {
        const uint8_t bytes[] = {(uint8_t)i, 0};
        snprintf(path, sizeof path, "%s/%s", a->seeds, scenario_at(i)->name);
        FILE *file = fopen(path, "we");
        if (file == NULL)
            return false;
        bool written = fwrite(bytes, sizeof bytes, 1, file) == 1;
        if (fclose(file) != 0 || !written)
            return false;
    }
    return true;
}

_Noreturn static void become_engine(struct afl *a)
{
    /* A machine that is not tuned, and what collects core dumps, are no reason to stop; an output
       folder that is there is gone on with. */
    static const char *const settings[] = {"AFL_SKIP_CPUFREQ", "AFL_NO_AFFINITY",
                                           "AFL_NO_CRASH_README", "AFL_AUTORESUME",
                                           "AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES"};
    char longest[OPTION_BYTES];
    snprintf(longest, sizeof longest, "%d", INPUT_BYTES);
    /* No run takes as long as this: one that is stuck ends by its own clock. */
    char *first[] = {"afl-fuzz", "-i", a->seeds, "-o", a->folder, "-t", "25000", "-G", longest};
    char *last[] = {"--", a->program, a->benign, NULL};
    size_t count = 0, n = sizeof first / sizeof *first;
    while (a->words[count] != NULL)
        count++;
    char **all = calloc(n + count + sizeof last / sizeof *last, sizeof *all);
    if (all == NULL)
        _exit(USAGE);
    memcpy(all, first, sizeof first);
    memcpy(all + n, a->words, count * sizeof *all);
    memcpy(all + n + count, last, sizeof last);
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++)
        setenv(settings[i], "1", 0);
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    execvp(all[0], all);
    _exit(complain(all[0], install));
}

/* What it saved, also before it was gone on with. */
static int show_saved(const struct afl *a)
{
    char pattern[sizeof a->seeds];
    glob_t saved = {.gl_offs = a->benign != NULL ? 2 : 1};
    snprintf(pattern, sizeof pattern, "%s/*/crashes*/id*", a->folder);
    if (glob(pattern, GLOB_DOOFFS, NULL, &saved) == GLOB_NOMATCH)
        return 0;
    saved.gl_pathv[0] = a->program;
    if (a->benign != NULL)
        saved.gl_pathv[1] = a->benign;
    execv(a->program, saved.gl_pathv);
    return complain(a->program, install);
}

static int fuzz_with_afl(char **words)
{
    struct afl a = {.program = beside("-afl"), .words = words + 1};
    int status;
    if (words[1] != NULL && strncmp(words[1], "--benign=", sizeof "--benign=" - 1) == 0)
        a.benign = *a.words++;
    if (access(a.program, X_OK) != 0)
        return complain(a.program, install);
    if (a.words[0] != NULL && a.words[0][0] != '-') { /* files */
        words[0] = a.program;
        execv(a.program, words);
        return complain(a.program, install);
    }
    snprintf(a.folder, sizeof a.folder, "%.500s.afl", name);
    snprintf(a.seeds, sizeof a.seeds, "%s/seeds", a.folder);
    if (!write_seeds(&a))
        return complain(a.seeds, "these are to be the first inputs");
    pid_t child = fork();
    if (child == 0)
        become_engine(&a);
    signal(SIGINT, SIG_IGN); /* ends afl-fuzz, not this program, which then shows what was found */
    while (waitpid(child, &status, 0) < 0 && errno == EINTR)
        continue;
    signal(SIGINT, SIG_DFL);
    return status == 0 ? show_saved(&a) : USAGE;
}

int engines_fuzz(const char *program, char **words)
{
    name = program;
    if (words[1] != NULL && strcmp(words[1], "afl") == 0)
        return fuzz_with_afl(words + 1);
    words[0] = beside("-fuzz");
    execv(words[0], words);
    return complain(words[0], "build it with a compiler that has -fsanitize=fuzzer");
}
