/* SPDX-License-Identifier: Apache-2.0 */
/*
 * NAME-sweep and NAME-replay: a command of rundown on the implementation that they are linked with.
 * The first word may be another command.
 */
#include "fuzz/model/profile.h"
#include "fuzz/program/output.h"
#include "fuzz/run/reproduce.h"
#include "fuzz/rundown/rundown.h"
#include "start.h"

#include <stdlib.h>
#include <string.h>

static const struct rundown_command *const commands[] = {
    &command_run,   &command_replay, &command_minimise, &command_format,
    &command_show,  &command_pack,   &command_findings, &command_sweep,
    &command_sites, &command_faults, &command_verdicts, &command_enumerate};
enum { COMMANDS = sizeof commands / sizeof *commands };

static bool is_command(const char *word)
{
    for (size_t i = 0; i < COMMANDS; i++)
        if (strcmp(strchr(commands[i]->program->name, ' ') + 1, word) == 0)
            return true;
    return strcmp(word, "help") == 0;
}

int main(int count, char **arguments)
{
    char **words = calloc((size_t)count + 2, sizeof *words);
    const char *dash = strrchr(arguments[0], '-');
    if (words == NULL)
        abort();
    int n = 0, from = 1;
    words[n++] = arguments[0];
    if (count < 2 || !is_command(arguments[1]))
        words[n++] = dash != NULL && strcmp(dash, "-sweep") == 0 ? "sweep" : "replay";
    while (from < count)
        words[n++] = arguments[from++];
    suite_start();
    reproduce_as_this_program();
    int status = rundown_main(commands, COMMANDS, n, words);
    profile_print(stdout);
    free(words);
    return output_finish("rundown", status);
}
