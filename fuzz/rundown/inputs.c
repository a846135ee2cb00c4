/* SPDX-License-Identifier: Apache-2.0 */
#include "inputs.h"

#include "files.h"
#include "fuzz/drivers/driver.h"
#include "fuzz/drivers/wire_input.h"
#include "fuzz/drivers/wire_text.h"
#include "fuzz/program/input.h"
#include "fuzz/run/run.h"
#include "fuzz/search/last_words.h"
#include "input_parts.h"

#include <fcntl.h>
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

void inputs_watch(bool search)
{
    last_words_start(search);
    sigaction(SIGABRT, &(struct sigaction){.sa_sigaction = on_abort, .sa_flags = SA_SIGINFO},
              &words);
}

static void require_clean(const struct program *p, const struct run_report *r)
{
    if (p == NULL || !r->finding)
        return;
    run_print(p, r, stdout);
    fflush(NULL);
    _exit(EXIT_FAILURE);
}

static void run_handle(const uint8_t *bytes, size_t n)
{
    static struct run_report report;
    inputs_watch(false);
    require_clean(wire_input_to_handles(bytes, n, &report), &report);
}

static void run_server_pdu(const uint8_t *bytes, size_t n)
{
    inputs_watch(false);
    wire_input_to_server(bytes, n, NULL, NULL);
}

static void run_client_pdu(const uint8_t *bytes, size_t n)
{
    static struct run_report report;
    inputs_watch(false);
    require_clean(wire_input_to_client(bytes, n, &(struct run_options){0}, &report), &report);
}

static void run_ndr(const uint8_t *bytes, size_t n)
{
    const char *stub;
    inputs_watch(false);
    wire_input_to_codec(bytes, n, &stub);
}

/* The text, as far as it gets before the process dies of the finding. */
static void print_as(const char *driver, const uint8_t *bytes, size_t n)
{
    inputs_watch(false);
    int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
    dup2(nowhere, STDERR_FILENO);
    FILE *out = fdopen(dup(STDOUT_FILENO), "w");
    if (out == NULL)
        return;
    setvbuf(out, NULL, _IOLBF, 1 << 16);
    /* What the process says of the finding is not part of it. */
    dup2(nowhere, STDOUT_FILENO);
    wire_text_print(driver, bytes, n, out);
    fclose(out);
}

#define PRINT(driver)                                                                              \
    static void print_##driver(const uint8_t *bytes, size_t n)                                     \
    {                                                                                              \
        print_as(#driver, bytes, n);                                                               \
    }
PRINT(handle)
PRINT(server_pdu)
PRINT(client_pdu)
PRINT(ndr)

static const struct saving_driver drivers[] = {
#define DRIVER(driver)                                                                             \
    {#driver, run_##driver, print_##driver, INPUT_HEAD_##driver, input_parts_##driver},
    DRIVER(handle) DRIVER(server_pdu) DRIVER(client_pdu) DRIVER(ndr)
#undef DRIVER
};
enum { DRIVERS = sizeof drivers / sizeof *drivers };

const char *inputs_driver_name(unsigned choice)
{
    return choice == INPUTS_SESSION ? "session" : drivers[choice - 1].name;
}

const struct saving_driver *inputs_driver(const char *name)
{
    for (size_t i = 0; i < DRIVERS; i++)
        if (strcmp(drivers[i].name, name) == 0)
            return &drivers[i];
    return NULL;
}

const char *inputs_driver_of_path(const char *path)
{
    const char *slash = strrchr(path, '/'), *folder = slash;
    while (folder != NULL && folder > path && folder[-1] != '/')
        folder--;
    for (unsigned i = 0; slash != NULL && i < INPUTS_ANY; i++) {
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
