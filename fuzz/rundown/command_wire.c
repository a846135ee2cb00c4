/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rundown wire: what programs put on the wire, as inputs of the wire drivers; decode: as text.
 */
#include "fuzz/drivers/client_programs.h"
#include "fuzz/drivers/wire_text.h"
#include "fuzz/program/program_text.h"
#include "fuzz/scene/service.h"
#include "fuzz/search/last_words.h"
#include "rundown.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static struct program program;
static struct run_report report;

/* What the tap saw: bytes of the clients by connection, and the server's answers to each send, by
 * length. */
static struct {
    FILE *requests[64];
    FILE *answers;
    const char *directory, *name;
    uint8_t options;
    uint8_t answer[1 << 16];
    size_t answer_length;
} recording;

static FILE *open_recording(const char *folder, unsigned number)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s/%s-%u.bin", recording.directory, folder, recording.name,
             number);
    FILE *f = fopen(path, "wb");
    if (f == NULL) {
        fprintf(stderr, "rundown: %s: %s\n", path, strerror(errno));
        exit(EXIT_FAILURE);
    }
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

static void stop_recording(void)
{
    put_answer();
    for (size_t i = 0; i < sizeof recording.requests / sizeof *recording.requests; i++)
        if (recording.requests[i] != NULL)
            fclose(recording.requests[i]);
    if (recording.answers != NULL)
        fclose(recording.answers);
    memset(recording.requests, 0, sizeof recording.requests);
    recording.answers = NULL;
}

int command_wire(int count, char **arguments)
{
    if (count < 1)
        return EXIT_USAGE;
    recording.directory = arguments[0];
    service_set_tap(record);
    for (int i = 1; i < count; i++) {
        if (!rundown_load(arguments[i], &program))
            return EXIT_FAILURE;
        char name[256];
        const char *slash = strrchr(arguments[i], '/');
        snprintf(name, sizeof name, "%s", slash != NULL ? slash + 1 : arguments[i]);
        name[strcspn(name, ".")] = '\0';
        recording.name = name;
        /* As fuzz_server_pdu reads it. */
        recording.options =
            (uint8_t)((program.world.tcp ? 0x01 : 0) | (program.world.restore_mode ? 0x10 : 0) |
                      (program.world.store & 7) << 5);
        run_program(&program, &report);
        stop_recording();
    }
    recording.name = "true-answers";
    for (unsigned i = 0; i < CLIENT_PROGRAMS; i++) {
        struct program_error error;
        if (!program_parse(&program, client_programs[i], strlen(client_programs[i]), &error))
            return EXIT_FAILURE;
        recording.answers = open_recording("client_pdu", i);
        fputc((int)i, recording.answers);
        run_program(&program, &report);
        stop_recording();
    }
    service_set_tap(NULL);
    return EXIT_SUCCESS;
}

/* The text of an input beside it: input.bin, input.txt. */
static bool decode_one(const char *driver, const char *path, bool check)
{
    char text_path[4096];
    uint8_t *bytes, *old = NULL;
    size_t n, text_n, old_n = 0, stem = strlen(path);
    char *text;
    if (stem > 4 && strcmp(path + stem - 4, ".bin") == 0)
        stem -= 4;
    snprintf(text_path, sizeof text_path, "%.*s.txt", (int)stem, path);
    if (!rundown_read(path, &bytes, &n))
        return false;
    FILE *out = open_memstream(&text, &text_n);
    bool good = out != NULL && wire_text_print(driver, bytes, n, out);
    if (out != NULL)
        fclose(out);
    if (good && check) {
        good = rundown_read(text_path, &old, &old_n) && old_n == text_n &&
               memcmp(old, text, text_n) == 0;
        if (!good)
            printf("FINDING another outcome: %s is not what comes of %s\n", text_path, path);
    } else if (good) {
        FILE *f = fopen(text_path, "wb");
        good = f != NULL && fwrite(text, 1, text_n, f) == text_n;
        if (f == NULL || fclose(f) != 0 || !good)
            fprintf(stderr, "rundown: %s: %s\n", text_path, strerror(errno));
    }
    free(old);
    free(bytes);
    if (out != NULL)
        free(text);
    return good;
}

static void say_last_words(const struct program *p, const struct run_report *r)
{
    run_print(p, r, stdout);
}

int command_decode(int count, char **arguments)
{
    bool check = count > 0 && strcmp(arguments[0], "--check") == 0;
    count -= check;
    arguments += check;
    if (count < 2 || !wire_text_print(arguments[0], NULL, 0, stdout))
        return EXIT_USAGE;
    last_words_start(say_last_words);
    int status = EXIT_SUCCESS;
    for (int i = 1; i < count; i++)
        if (!decode_one(arguments[0], arguments[i], check))
            status = EXIT_FAILURE;
    return status;
}
