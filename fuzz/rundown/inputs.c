/* SPDX-License-Identifier: Apache-2.0 */
#include "inputs.h"

#include "files.h"
#include "fuzz/drivers/driver.h"
#include "fuzz/program/input.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct sigaction words;

/* A driver that has a finding aborts: that is no crash. */
static void on_abort(int number, siginfo_t *info, void *context)
{
    if (driver_has_finding())
        _exit(EXIT_FAILURE);
    if (words.sa_flags & SA_SIGINFO)
        words.sa_sigaction(number, info, context);
    _exit(EXIT_FAILURE);
}

void inputs_watch(last_words_found *found)
{
    last_words_start(false);
    last_words_hand_to(found);
    sigaction(SIGABRT, &(struct sigaction){.sa_sigaction = on_abort, .sa_flags = SA_SIGINFO},
              &words);
}

const char *inputs_driver_name(unsigned choice)
{
    if (choice > inputs_driver_count)
        return "no driver of this program's";
    return choice == INPUTS_SESSION ? "session" : inputs_drivers[choice - 1].name;
}

const struct saving_driver *inputs_driver(const char *name)
{
    for (size_t i = 0; i < inputs_driver_count; i++)
        if (strcmp(inputs_drivers[i].name, name) == 0)
            return &inputs_drivers[i];
    return NULL;
}

const char *inputs_driver_of_path(const char *path)
{
    const char *slash = strrchr(path, '/'), *folder = slash;
    if (inputs_driver_count == 0)
        return inputs_driver_name(INPUTS_SESSION);
    while (folder != NULL && folder > path && folder[-1] != '/')
        folder--;
    for (unsigned i = 0; slash != NULL && i <= inputs_driver_count; i++) {
        const char *name = inputs_driver_name(i);
        if (strlen(name) == (size_t)(slash - folder) && memcmp(name, folder, strlen(name)) == 0)
            return name;
    }
    return NULL;
}

const struct trial_end *inputs_try_saved(const char *folder, const json_t *report, const char **why)
{
    enum { SECONDS = 10, MOST_BYTES = 1 << 24 };
    static struct program program;
    const struct saving_driver *d = inputs_driver(saved_text(report, "driver"));
    const struct trial_end *end = NULL;
    char path[SAVED_PATH_BYTES + 16];
    uint8_t *bytes;
    size_t n;
    bool session = strcmp(saved_text(report, "driver"), "session") == 0;
    snprintf(path, sizeof path, "%s/%s", folder, session ? "program.txt" : "input.bin");
    if (session) {
        *why = "program.txt cannot be read";
        return files_load(path, &program) ? trial_program(&program, SECONDS) : NULL;
    }
    *why = "its driver is unknown";
    if (d != NULL && input_read(path, MOST_BYTES, &bytes, &n, why)) {
        end = saving_try(d, bytes, n, SECONDS);
        free(bytes);
    }
    return end;
}
