/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The drivers of the wire, of the codec and of handles, and programs that are watched.
 */
#include "inputs.h"

#include "fuzz/drivers/wire_input.h"
#include "fuzz/drivers/wire_text.h"
#include "fuzz/run/run.h"
#include "fuzz/search/faulty_input.h"
#include "input_parts.h"
#include "preload_input.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static void arm(size_t index, void *context)
{
    const struct faulty_input *f = context;
    if (index == f->call)
        run_arm(&f->fault);
}

static void require_clean(const struct program *p, const struct run_report *r)
{
    if (!r->finding)
        return;
    run_print(p, r, stdout);
    fflush(NULL);
    _exit(EXIT_FAILURE);
}

static void run_handle(const uint8_t *bytes, size_t n)
{
    static struct run_report report;
    inputs_watch(NULL);
    require_clean(wire_input_to_handles(bytes, n, &report), &report);
}

static void run_server_pdu(const uint8_t *bytes, size_t n)
{
    static struct run_report report;
    struct faulty_input fault;
    struct run_options options = {.arm = arm, .context = &fault};
    size_t line = faulty_input_read(bytes, n, &fault);
    inputs_watch(NULL);
    if (line == 0) {
        wire_input_to_server(bytes, n, NULL, NULL);
        return;
    }
    wire_input_to_faulty_server(bytes + line, n - line, &options, &report);
    require_clean(NULL, &report);
}

static void run_client_pdu(const uint8_t *bytes, size_t n)
{
    static struct run_report report;
    struct faulty_input fault;
    struct run_options options = {0};
    size_t line = faulty_input_read(bytes, n, &fault);
    if (line > 0)
        options = (struct run_options){.arm = arm, .context = &fault};
    inputs_watch(NULL);
    report.finding = false;
    require_clean(wire_input_to_client(bytes + line, n - line, &options, &report), &report);
}

static void run_ndr(const uint8_t *bytes, size_t n)
{
    const char *stub;
    inputs_watch(NULL);
    wire_input_to_codec(bytes, n, &stub);
}

/* The text, as far as it gets before the process dies of the finding. */
static void print_as(const char *driver, const uint8_t *bytes, size_t n)
{
    inputs_watch(NULL);
    int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
    dup2(nowhere, STDERR_FILENO);
    FILE *out = fdopen(dup(STDOUT_FILENO), "w");
    if (out == NULL)
        return;
    setvbuf(out, NULL, _IOLBF, 1 << 16);
    /* What the process says of the finding is not part of it. */
    dup2(nowhere, STDOUT_FILENO);
    struct faulty_input fault;
    size_t line = faulty_input_read(bytes, n, &fault);
    fwrite(bytes, 1, line, out);
    wire_text_print(driver, bytes + line, n - line, out);
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

const struct saving_driver inputs_drivers[] = {
#define DRIVER(driver)                                                                             \
    {#driver, run_##driver, print_##driver, INPUT_HEAD_##driver, input_parts_##driver},
    DRIVER(handle) DRIVER(server_pdu) DRIVER(client_pdu) DRIVER(ndr)
#undef DRIVER
        {"preload", preload_input_run, preload_input_print, 0, NULL},
};
const size_t inputs_driver_count = sizeof inputs_drivers / sizeof *inputs_drivers;
