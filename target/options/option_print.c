/* SPDX-License-Identifier: Apache-2.0 */
#include "option_internal.h"

#include <stdio.h>
#include <string.h>

enum { WIDTH = 80, COLUMN_MOST = 32, GAP = 2 };

/* Prints the words of one line of text from `column` on, broken so that they fit. `at`: where the
   cursor is. */
static void print_words(const char *text, size_t length, int column, int at)
{
    bool first = true;
    while (length > 0) {
        size_t word = strcspn(text, " \n");
        if (word > length)
            word = length;
        if (!first && at + 1 + (int)word > WIDTH) {
            printf("\n");
            at = 0;
            first = true;
        }
        int blanks = first ? (at < column ? column - at : 0) : 1;
        at += printf("%*s%.*s", blanks, "", (int)word, text);
        first = false;
        text += word;
        length -= word;
        for (; length > 0 && *text == ' '; length--)
            text++;
    }
    printf("\n");
}

/* Lines that begin with a blank are examples: they stay as they are. */
static void print_paragraphs(const char *text)
{
    for (const char *end; *text != '\0'; text = *end != '\0' ? end + 1 : end) {
        end = text + strcspn(text, "\n");
        if (*text == ' ')
            printf("%.*s\n", (int)(end - text), text);
        else
            print_words(text, (size_t)(end - text), 0, 0);
    }
}

static int head_width(const char *dashes, const char *name, const char *argument)
{
    size_t width = strlen(dashes) + strlen(name);
    return (int)(argument != NULL ? width + 1 + strlen(argument) : width);
}

static void print_entry(const char *dashes, const char *name, const char *argument,
                        const char *help, int column)
{
    int at = printf("  %s%s%s%s", dashes, name, argument != NULL ? " " : "",
                    argument != NULL ? argument : "");
    if (at + GAP > column) {
        printf("\n");
        at = 0;
    }
    print_words(help, strlen(help), column, at);
}

/* The column in which explanations begin. */
static int help_column(const struct option_program *program)
{
    int widest = 0;
    const struct option_row *row;
    for (size_t i = 0; (row = option_row_at(program, i)) != NULL; i++) {
        int width = head_width("--", row->name, row->argument);
        widest = width > widest ? width : widest;
    }
    for (size_t i = 0; i < program->command_count; i++) {
        int width = head_width("", program->commands[i].name, program->commands[i].argument);
        widest = width > widest ? width : widest;
    }
    return widest + 2 * GAP < COLUMN_MOST ? widest + 2 * GAP : COLUMN_MOST;
}

void option_print_help(const struct option_program *program)
{
    const struct option_row *row;
    int column = help_column(program);
    printf("%s %s\n", program->name, program->synopsis);
    print_paragraphs(program->summary);
    printf("\n");
    for (size_t i = 0; i < program->command_count; i++)
        print_entry("", program->commands[i].name, program->commands[i].argument,
                    program->commands[i].help, column);
    if (program->command_count > 0)
        printf("\n");
    for (size_t i = 0; (row = option_row_at(program, i)) != NULL; i++)
        print_entry("--", row->name, row->argument, row->help, column);
    if (program->closing != NULL) {
        printf("\n");
        print_paragraphs(program->closing);
    }
}

/* The manual page --------------------------------------------------------------------------- */

/* Text escaped for mdoc(7), so that nothing in it is a request or an escape. */
static void print_escaped(const char *text, size_t length)
{
    if (*text == '.' || *text == '\'')
        printf("\\&");
    for (size_t i = 0; i < length; i++)
        printf(text[i] == '\\' ? "\\e" : "%c", text[i]);
}

/* A paragraph. Each sentence begins a line, as mdoc(7) wants it. */
static void print_sentences(const char *text)
{
    size_t at = 0;
    bool ended = false;
    while (*text != '\0') {
        size_t word = strcspn(text, " ");
        if (at > 0 && (at + 1 + word >= WIDTH || (ended && text[0] >= 'A' && text[0] <= 'Z'))) {
            printf("\n");
            at = 0;
        }
        if (at > 0)
            printf(" ");
        print_escaped(text, word);
        at += word + 1;
        ended = word > 0 && text[word - 1] == '.';
        text += word;
        text += strspn(text, " ");
    }
    printf(ended ? "\n" : ".\n");
}

static void print_item(const char *macro, const char *name, const char *argument, const char *help)
{
    printf(".It %s%s", macro, name);
    if (argument != NULL) {
        printf(" Ar ");
        print_escaped(argument, strlen(argument));
    }
    printf("\n");
    print_sentences(help);
}

void option_print_manual_command(const struct option_program *program)
{
    printf(".Ss %s\n.Bd -literal -compact\n%s%s", program->name, program->name,
           program->synopsis[0] != '\0' ? " " : "");
    print_escaped(program->synopsis, strlen(program->synopsis));
    printf("\n.Ed\n.Pp\n");
    print_sentences(program->summary);
    bool listed = program->command_count + program->row_count > 0;
    if (listed)
        printf(".Bl -tag -width Ds\n");
    for (size_t i = 0; i < program->command_count; i++)
        print_item("Cm ", program->commands[i].name, program->commands[i].argument,
                   program->commands[i].help);
    for (size_t i = 0; i < program->row_count; i++)
        print_item("Fl -", program->rows[i].name, program->rows[i].argument, program->rows[i].help);
    if (listed)
        printf(".El\n");
    if (program->closing != NULL && listed)
        printf(".Pp\n");
    if (program->closing != NULL)
        print_sentences(program->closing);
}

void option_print_manual(const struct option_program *program)
{
    const struct option_row *row;
    if (program->command_count > 0) {
        printf(".Sh COMMANDS\n.Bl -tag -width Ds\n");
        for (size_t i = 0; i < program->command_count; i++)
            print_item("Cm ", program->commands[i].name, program->commands[i].argument,
                       program->commands[i].help);
        printf(".El\n");
    }
    printf(".Sh OPTIONS\n.Bl -tag -width Ds\n");
    for (size_t i = 0; (row = option_row_at(program, i)) != NULL; i++)
        print_item("Fl -", row->name, row->argument, row->help);
    printf(".El\n");
}
