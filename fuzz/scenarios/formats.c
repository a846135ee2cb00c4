/* SPDX-License-Identifier: Apache-2.0 */
#include "formats.h"

#include <errno.h>
#include <spawn.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

/* Runs the words, the last of which is NULL. False: it fails, which is said. */
static bool run(const char *const *words)
{
    pid_t child;
    int status = 0;
    fflush(NULL);
    int error = posix_spawnp(&child, words[0], NULL, NULL, (char **)(uintptr_t)words, environ);
    if (error != 0) {
        fprintf(stderr, "--sarif and --junit need %s: %s\n", words[0], strerror(error));
        return false;
    }
    while (waitpid(child, &status, 0) < 0 && errno == EINTR)
        continue;
    return status == 0;
}

static bool convert(const struct formats *f, const char *json)
{
    char script[4096];
    const char *words[10] = {"python3", "-B", script, json};
    size_t n = 4;
    snprintf(script, sizeof script, "%s/scenarios.py", f->report_folder);
    if (f->sarif != NULL) {
        words[n++] = "--sarif";
        words[n++] = f->sarif;
    }
    if (f->junit != NULL) {
        words[n++] = "--junit";
        words[n++] = f->junit;
    }
    return run(words);
}

bool formats_write(const struct formats *f, const struct swept *s)
{
    char path[32];
    if (f->json != NULL && !report_json(f->json, s))
        return false;
    if (f->sarif == NULL && f->junit == NULL)
        return true;
    if (f->json != NULL)
        return convert(f, f->json);
    int memory = memfd_create("rundown-scenarios", 0);
    if (memory < 0) {
        perror("rundown-scenarios");
        return false;
    }
    snprintf(path, sizeof path, "/proc/self/fd/%d", memory);
    bool written = report_json(path, s) && convert(f, path);
    close(memory);
    return written;
}
