/* SPDX-License-Identifier: Apache-2.0 */
#include "names.h"
#include "program_text.h"

#include "codes.h"
#include "faults/fault/fault.h"
#include "faults/fault/site.h"

#include <windows.h>

#include <ntdsbcli.h>

#include <ctype.h>
#include <inttypes.h>

const struct reference_word handle_words[HANDLE_KINDS] = {
    [HANDLE_VARIABLE] = {"h", true, false},      [HANDLE_STALE] = {"stale", true, false},
    [HANDLE_NULL] = {"NULL", false, false},      [HANDLE_MINUS_ONE] = {"-1", false, false},
    [HANDLE_FORGED] = {"forged", true, true},    [HANDLE_NEVER] = {"never", false, true},
    [HANDLE_POINTER] = {"pointer", true, false}, [HANDLE_RAW] = {"raw", false, true},
};
const struct reference_word buffer_words[BUFFER_KINDS] = {
    [BUFFER_VARIABLE] = {"b", true, false},       [BUFFER_NULL] = {"NULL", false, false},
    [BUFFER_FOREIGN] = {"foreign", false, false}, [BUFFER_INSIDE] = {"inside", true, false},
    [BUFFER_DAMAGED] = {"damaged", true, true},   [BUFFER_SHORT] = {"short", true, true},
    [BUFFER_LONG] = {"long", true, true},         [BUFFER_NOTHING] = {"nothing", false, true},
};

const struct number_word number_words[] = {
    {"FULL", API_BACKUP_PREPARE, PARAMETER_SECOND, BACKUP_TYPE_FULL},
    {"LOGS_ONLY", API_BACKUP_PREPARE, PARAMETER_SECOND, BACKUP_TYPE_LOGS_ONLY},
    {"INCREMENTAL", API_BACKUP_PREPARE, PARAMETER_SECOND, BACKUP_TYPE_INCREMENTAL},
    {"CATCHUP", API_RESTORE_PREPARE, PARAMETER_NUMBER, RESTORE_TYPE_CATCHUP},
    {"DISABLE_INCREMENTAL", API_SET_CURRENT_BACKUP_LOG, PARAMETER_NUMBER,
     BACKUP_DISABLE_INCREMENTAL},
    {"NORMAL", EVENT_SERVER_START, PARAMETER_NUMBER, 1},
    {"RESTORE_MODE", EVENT_SERVER_START, PARAMETER_NUMBER, 2},
    {"ANOTHER_FILE", EVENT_STORE_REPLACE, PARAMETER_NUMBER, 0},
    {"LINK", EVENT_STORE_REPLACE, PARAMETER_NUMBER, 1},
    {"FIFO", EVENT_STORE_REPLACE, PARAMETER_NUMBER, 2},
    {"FOLDER", EVENT_STORE_REPLACE, PARAMETER_NUMBER, 3},
};
const size_t number_word_count = sizeof number_words / sizeof *number_words;

static void print_string(const char *s, FILE *out)
{
    if (s == NULL) {
        fputs("NULL", out);
        return;
    }
    fputc('"', out);
    for (; *s != '\0'; s++) {
        unsigned char byte = (unsigned char)*s;
        if (byte == '\\' || byte == '"')
            fprintf(out, "\\%c", byte);
        else if (isprint(byte))
            fputc(byte, out);
        else
            fprintf(out, "\\x%02x", byte);
    }
    fputc('"', out);
}

/* A variable by its name, or h7, b7. */
static void print_variable(char prefix, const char names[][PROGRAM_NAME_BYTES], uint8_t variable,
                           FILE *out)
{
    if (names[variable][0] != '\0')
        fputs(names[variable], out);
    else
        fprintf(out, "%c%u", prefix, variable);
}

static void print_reference(const struct reference_word *w, char prefix,
                            const char names[][PROGRAM_NAME_BYTES], struct reference r,
                            uint64_t extra, FILE *out)
{
    if (r.kind == 0) {
        print_variable(prefix, names, r.variable, out);
        return;
    }
    fputs(w->word, out);
    if (!w->has_variable && !w->has_extra)
        return;
    fputc('(', out);
    if (w->has_variable)
        print_variable(prefix, names, r.variable, out);
    if (w->has_variable && w->has_extra)
        fputs(", ", out);
    if (w->has_extra)
        fprintf(out, "0x%" PRIx64, extra);
    fputc(')', out);
}

static void print_number(enum api_shape shape, enum parameter_kind kind, uint32_t value, FILE *out)
{
    for (size_t i = 0; i < number_word_count; i++) {
        const struct number_word *w = &number_words[i];
        if (w->shape == shape && w->kind == kind && w->value == value) {
            fputs(w->word, out);
            return;
        }
    }
    fprintf(out, value > 0xfffff ? "0x%" PRIx32 : "%" PRIu32, value);
}

static bool is_list(enum api_shape shape)
{
    return shape == API_GET_DATABASE_NAMES || shape == API_GET_BACKUP_LOGS ||
           shape == API_GET_DATABASE_LOCATIONS;
}

/* Returns whether anything was printed: out parameters show only when they are NULL. */
static bool print_argument(const struct program *program, const struct call *c,
                           enum api_shape shape, const struct parameter *p, const char *separator,
                           FILE *out)
{
    bool is_out = p->kind == PARAMETER_HANDLE_OUT || p->kind == PARAMETER_BUFFER_OUT ||
                  p->kind == PARAMETER_POINTER_OUT;
    bool is_set = p->kind == PARAMETER_BUFFER_OUT && is_list(shape) &&
                  (c->flags & CALL_LIST_NOT_NULL) != 0 && !(c->flags & p->null_flag);
    if (is_out && !(c->flags & p->null_flag) && !is_set)
        return false;
    fputs(separator, out);
    if (is_out)
        fprintf(out, "%s=%s", p->name, is_set ? "SET" : "NULL");
    else if (p->kind == PARAMETER_NUMBER)
        print_number(shape, p->kind, c->number, out);
    else if (p->kind == PARAMETER_SECOND)
        print_number(shape, p->kind, c->second, out);
    else if (p->kind == PARAMETER_HANDLE)
        print_reference(&handle_words[c->handle.kind], 'h', program->handle_names, c->handle,
                        c->extra, out);
    else if (p->kind == PARAMETER_BUFFER)
        print_reference(&buffer_words[c->buffer.kind], 'b', program->buffer_names, c->buffer,
                        c->extra, out);
    else
        print_string(program_text(program_text_table(p->kind), c->text), out);
    return true;
}

static void print_results(const struct program *program, const struct call *c,
                          const struct parameter *p, FILE *out)
{
    bool handle = false, buffer = false, takes_handle = false;
    for (; p->kind != PARAMETER_END; p++) {
        takes_handle |= p->kind == PARAMETER_HANDLE_OUT;
        handle |= p->kind == PARAMETER_HANDLE_OUT && !(c->flags & p->null_flag);
        buffer |= p->kind == PARAMETER_BUFFER_OUT && !(c->flags & p->null_flag);
    }
    /* A buffer's name alone would be read as the handle's. */
    handle |= buffer && takes_handle;
    if (handle)
        print_variable('h', program->handle_names, c->handle_out, out);
    if (handle && buffer)
        fputs(", ", out);
    if (buffer)
        print_variable('b', program->buffer_names, c->buffer_out, out);
    if (handle || buffer)
        fputs(" = ", out);
}

void program_print_fault(const struct fault_clause *f, FILE *out)
{
    if (f->class_plus_one == FAULT_CLAUSE_NONE)
        return;
    enum fault_class class = (enum fault_class)(f->class_plus_one - 1);
    int site = f->site != FAULT_CLAUSE_ANY_SITE ? site_nearest(f->site, class) : -1;
    fprintf(out, " !%s %s", site >= 0 ? site_name((unsigned)site) : fault_class_name(class),
            fault_kind_name(class, f->kind % fault_kind_count(class)));
    if (f->nth > 1)
        fprintf(out, " at %u", f->nth);
    if (f->shape != FAULT_ONE_SHOT)
        fprintf(out, " %s", fault_shape_name((enum fault_shape)f->shape));
}

void program_print_call(const struct program *p, size_t index, FILE *out)
{
    const struct call *c = &p->calls[index];
    const struct api_function *f = &api_functions[c->function];
    print_results(p, c, api_parameters(f->shape), out);
    fprintf(out, "%s(", f->name);
    const char *separator = "";
    for (const struct parameter *q = api_parameters(f->shape); q->kind != PARAMETER_END; q++)
        if (print_argument(p, c, f->shape, q, separator, out))
            separator = ", ";
    fputc(')', out);
    for (size_t i = 0; i < PROGRAM_CALL_FAULTS; i++)
        program_print_fault(&c->faults[i], out);
}

static void print_code(int32_t code, FILE *out)
{
    const char *name = code_name(code);
    if (name != NULL)
        fprintf(out, "  # %s", name);
    else
        fprintf(out, "  # %" PRId32, code);
}

void program_print_world(const struct program *p, FILE *out)
{
    const struct program_world *w = &p->world;
    if (!w->restore_mode && !w->tcp && w->segment == 0 && w->store == 0 && !p->sweep_pairs)
        return;
    fprintf(out, "world%s%s%s", w->restore_mode ? " restore-mode" : "", w->tcp ? " tcp" : "",
            p->sweep_pairs ? " sweep pairs" : "");
    if (w->segment != 0)
        fprintf(out, " segment %u", w->segment);
    if (w->store != 0)
        fprintf(out, " store %u", w->store);
    fputc('\n', out);
}

void program_print(const struct program *p, FILE *out, int mark, const int32_t *results,
                   size_t result_count)
{
    program_print_world(p, out);
    for (size_t i = 0; i < p->call_count; i++) {
        program_print_call(p, i, out);
        if (results != NULL && i < result_count)
            print_code(results[i], out);
        else if (results == NULL && p->calls[i].expects)
            print_code(p->calls[i].expected, out);
        fputs((int)i == mark ? "   <--- here\n" : "\n", out);
    }
}
