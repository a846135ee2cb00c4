/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rundown wire: records what programs send, as inputs of the wire drivers; rundown decode prints
 * such inputs as text.
 */
#include "faults/sweep/jobs.h"
#include "fuzz/drivers/client_programs.h"
#include "fuzz/drivers/wire_text.h"
#include "fuzz/program/output.h"
#include "fuzz/program/program_text.h"
#include "fuzz/run/run.h"
#include "fuzz/scene/service.h"
#include "inputs.h"
#include "rundown.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct program program;
static struct run_report report;

/* The recording: bytes of the clients by connection, and the server's answers to each
   send, by length. */
static struct {
    FILE *requests[64];
    FILE *answers;
    const char *directory, *name;
    uint8_t options;
    uint8_t answer[1 << 16];
    size_t answer_length;
} recording;

_Noreturn static void give_up(const char *path, const char *why)
{
    fprintf(stderr, "rundown: %s: %s\n", path, why);
    exit(EXIT_FAILURE);
}

static FILE *open_recording(const char *folder, unsigned number)
{
    char *path;
    const char *why;
    if (asprintf(&path, "%s/%s/%s-%u.bin", recording.directory, folder, recording.name, number) < 0)
        abort();
    int fd = output_open(path, O_TRUNC, &why);
    FILE *f = fd >= 0 ? fdopen(fd, "wb") : NULL;
    if (f == NULL)
        give_up(path, fd < 0 ? why : strerror(errno));
    free(path);
    return f;
}

static void put_answer(void)
{
    if (recording.answers == NULL || recording.answer_length == 0)
        return;
    fputc((int)(recording.answer_length & 0xff), recording.answers);
    fputc((int)(recording.answer_length >> 8), recording.answers);
    fwrite(recording.answer, 1, recording.answer_length, recording.answers);
    recording.answer_length = 0;
}

static void record(unsigned connection, bool from_client, const void *bytes, size_t n)
{
    if (from_client) {
        put_answer();
        if (recording.answers != NULL ||
            connection >= sizeof recording.requests / sizeof *recording.requests)
            return;
        if (recording.requests[connection] == NULL) {
            recording.requests[connection] = open_recording("server_pdu", connection);
            fputc(recording.options, recording.requests[connection]);
        }
        fwrite(bytes, 1, n, recording.requests[connection]);
    } else if (recording.answers != NULL && n < sizeof recording.answer - recording.answer_length) {
        memcpy(recording.answer + recording.answer_length, bytes, n);
        recording.answer_length += n;
    }
}

static void close_recording(FILE *f)
{
    if (f == NULL)
        return;
    bool good = !ferror(f);
    if (fclose(f) != 0 || !good)
        give_up(recording.name, "a recording cannot be written");
}

static void stop_recording(void)
{
    put_answer();
    for (size_t i = 0; i < sizeof recording.requests / sizeof *recording.requests; i++) {
        close_recording(recording.requests[i]);
        recording.requests[i] = NULL;
    }
    close_recording(recording.answers);
    recording.answers = NULL;
}

/* wire ---------------------------------------------------------------------------------------- */

static const struct option_program wire_line = {
    .name = "rundown wire",
    .version = RUNDOWN_VERSION,
    .synopsis = "DIRECTORY [FILE...]",
    .summary = "record the bytes on the wire, as inputs of the wire drivers",
    .closing = "Each connection of each program becomes an input of fuzz_server_pdu in "
               "DIRECTORY/server_pdu; true answers become inputs of fuzz_client_pdu in "
               "DIRECTORY/client_pdu. Both folders must exist.",
};

/* The requests of a program. */
static void record_program(const char *name)
{
    recording.name = name;
    /* As fuzz_server_pdu reads it. */
    recording.options =
        (uint8_t)((program.world.tcp ? 0x01 : 0) | (program.world.restore_mode ? 0x10 : 0) |
                  (program.world.store & 7) << 5);
    run_program(&program, NULL, &report);
    stop_recording();
}

static void record_true_answers(void)
{
    recording.name = "true-answers";
    for (unsigned i = 0; i < CLIENT_PROGRAMS; i++) {
        struct program_error error;
        if (!program_parse(&program, client_programs[i], strlen(client_programs[i]), &error))
            give_up("client_programs.h", error.expected);
        recording.answers = open_recording("client_pdu", i);
        fputc((int)i, recording.answers);
        run_program(&program, NULL, &report);
        stop_recording();
    }
}

static int run_wire(int count, char **words)
{
    size_t n = (size_t)count - 1;
    char **names = files_stems(words + 1, n, ".txt");
    recording.directory = words[0];
    service_set_tap(record);
    bool good = true;
    for (size_t i = 0; i < n && good; i++) {
        good = files_load(words[i + 1], &program);
        if (good)
            record_program(names[i]);
    }
    if (good)
        record_true_answers();
    service_set_tap(NULL);
    files_free(names, n);
    return good ? EXIT_SUCCESS : EXIT_FAILURE;
}

const struct rundown_command command_wire = {.program = &wire_line,
                                             .word = "DIRECTORY [FILE...]",
                                             .least = 1,
                                             .most = ANY_NUMBER,
                                             .run = run_wire};

/* decode -------------------------------------------------------------------------------------- */

static struct decode_settings {
    bool check;
} decode_settings;

static const struct option_row decode_rows[] = {
    {"check", NULL, OPTION_FLAG, offsetof(struct decode_settings, check), 0, 0,
     "change nothing; report which texts are missing or outdated, and fail if there are any"},
};

static const struct option_program decode_line = {
    .name = "rundown decode",
    .version = RUNDOWN_VERSION,
    .synopsis = "[--check] DRIVER FILE...",
    .summary = "write FILE.txt, a readable form, beside each input FILE.bin of a driver",
    ROWS(decode_rows),
    .closing = "DRIVER is server_pdu, client_pdu, ndr or handle. The text shows what the input "
               "holds and what it causes.",
};

/* input.bin -> input.txt, beside it. To be freed. */
static char *text_path_of(const char *path)
{
    char *text;
    size_t stem = strlen(path);
    if (stem > 4 && strcmp(path + stem - 4, ".bin") == 0)
        stem -= 4;
    if (asprintf(&text, "%.*s.txt", (int)stem, path) < 0)
        abort();
    return text;
}

static bool is_same(const char *path, const char *text, size_t n)
{
    uint8_t *old;
    size_t old_n;
    if (!files_read(path, &old, &old_n))
        return false;
    bool same = old_n == n && memcmp(old, text, n) == 0;
    free(old);
    return same;
}

struct decoded {
    const char *driver;
    char **paths, **texts;
};

static bool decode_one(size_t item, void *context)
{
    const struct decoded *d = context;
    const char *path = d->paths[item], *text_path = d->texts[item];
    uint8_t *bytes;
    size_t n, text_n;
    char *text;
    const char *why;
    if (!files_read(path, &bytes, &n))
        return false;
    FILE *out = open_memstream(&text, &text_n);
    if (out == NULL)
        abort();
    bool good = wire_text_print(d->driver, bytes, n, out);
    fclose(out);
    if (good && decode_settings.check) {
        good = is_same(text_path, text, text_n);
        if (!good)
            printf("FINDING %s: %s is not the outcome of %s\n",
                   verdict_name(VERDICT_ANOTHER_OUTCOME), text_path, path);
    } else if (good && !output_rewrite(text_path, text, text_n, &why)) {
        fprintf(stderr, "rundown: %s: %s\n", text_path, why);
        good = false;
    }
    free(bytes);
    free(text);
    return good;
}

static int run_decode(int count, char **words)
{
    size_t n = (size_t)count - 1;
    char **texts = calloc(n, sizeof *texts);
    const char *met = NULL;
    if (!wire_text_print(words[0], NULL, 0, stdout)) {
        fprintf(stderr, "%s: unknown driver '%s'; there are: server_pdu, client_pdu, ndr, handle\n",
                decode_line.name, words[0]);
        option_table_try_help(&decode_line);
        free(texts);
        return EXIT_USAGE;
    }
    for (size_t i = 0; i < n && texts != NULL; i++)
        texts[i] = text_path_of(words[i + 1]);
    if (texts == NULL || output_names_meet(texts, n, &met))
        give_up(met != NULL ? met : "rundown decode", "would be the text of several files");
    inputs_watch(NULL);
    unsigned failed =
        jobs_each(n, JOBS_AGAIN, decode_one, &(struct decoded){words[0], words + 1, texts});
    files_free(texts, n);
    return failed > 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}

const struct rundown_command command_decode = {
    .program = &decode_line,
    .settings = &decode_settings,
    .word = "DRIVER FILE...",
    .least = 2,
    .most = ANY_NUMBER,
    .run = run_decode,
};
