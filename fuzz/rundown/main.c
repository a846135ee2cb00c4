/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rundown: programs from the command line.
 */
#include "fuzz/program/output.h"
#include "rundown.h"

static const struct rundown_command *const commands[] = {
    &command_run,     &command_replay, &command_minimise, &command_leaks,    &command_show,
    &command_pack,    &command_format, &command_findings, &command_sweep,    &command_enumerate,
    &command_sites,   &command_faults, &command_allowed,  &command_verdicts, &command_bench,
    &command_decode,  &command_proxy,  &command_wire,     &command_fields,   &command_link,
    &command_preload,
};

int main(int count, char **arguments)
{
    int status = rundown_main(commands, sizeof commands / sizeof *commands, count, arguments);
    return output_finish("rundown", status);
}
