/* SPDX-License-Identifier: Apache-2.0 */
#include "faulty_input.h"

#include "fuzz/program/program_text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char beginning[] = "call ";

size_t faulty_input_read(const uint8_t *bytes, size_t n, struct faulty_input *out)
{
    char line[FAULTY_INPUT_LINE], *plan;
    struct program_error error;
    size_t count;
    const uint8_t *end = memchr(bytes, '\n', n < sizeof line ? n : sizeof line - 1);
    if (end == NULL || memcmp(bytes, beginning, strlen(beginning)) != 0)
        return 0;
    size_t length = (size_t)(end - bytes);
    memcpy(line, bytes, length);
    line[length] = '\0';
    unsigned long call = strtoul(line + strlen(beginning), &plan, 10);
    while (*plan == ' ')
        plan++;
    if (call == 0 || call > PROGRAM_MAX_CALLS + 1 ||
        !program_parse_plan(plan, strlen(plan), &out->fault, 1, &count, &error) || count != 1)
        return 0;
    out->call = call - 1;
    return length + 1;
}

size_t faulty_input_write(const struct faulty_input *f, char out[FAULTY_INPUT_LINE])
{
    FILE *line = fmemopen(out, FAULTY_INPUT_LINE, "w");
    if (line == NULL)
        abort();
    fprintf(line, "%s%zu", beginning, f->call + 1);
    program_print_fault(&f->fault, line);
    fputc('\n', line);
    fclose(line);
    return strlen(out);
}
