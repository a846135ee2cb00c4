/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rundown: programs from the command line.
 */
#include "rundown.h"

#include "fuzz/scene/service.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *name;
    rundown_command *run;
    const char *help;
} commands[] = {
    {"run", command_run,
     "run [--trace] [--results local|tcp] [--least N] PATH...\n"
     "                                run programs (text or bytes) twice each; a folder stands "
     "for\n"
     "                                its *.txt files. One line each; findings are printed. Fails\n"
     "                                if there are fewer than N programs (default 1). --trace: a\n"
     "                                number that is the same in every run of the program.\n"
     "                                --results: what each call returned, over that transport\n"},
    {"minimise", command_minimise,
     "minimise FILE                 the smallest program with the same finding, as text\n"},
    {"show", command_show, "show FILE...                  print programs as canonical text\n"},
    {"pack", command_pack,
     "pack DIRECTORY FILE...        write each program as bytes into DIRECTORY\n"},
    {"format", command_format,
     "format [--check] FILE.txt...  write texts in their canonical form, comments kept;\n"
     "                                --check: only say which are not\n"},
    {"sweep", command_sweep,
     "sweep [OPTIONS] PATH...       run each program with every fault at every point; ends with\n"
     "                                the table of sites\n"
     "                                  --slice K/N    this part of the points alone, K from 1\n"
     "                                  --first        stop at the first finding\n"
     "                                  --jobs N       processes (default: one for each core)\n"
     "                                  --state FILE   note there what is done, and go on from it\n"
     "                                  --findings DIR programs that show findings (default .)\n"
     "                                  --unreached F  sites that are never reached fail unless F\n"
     "                                                 says why\n"},
    {"enumerate", command_enumerate,
     "enumerate [OPTIONS] ALPHABET... run every program of up to -k N calls (default 3) of the\n"
     "                                alphabet, alone and with every single fault at every point\n"
     "                                  --no-faults    alone\n"
     "                                  --first, --jobs N, --findings DIR: as for sweep\n"},
    {"sites", command_sites,
     "sites [STATE]                 every fault point by its stable name; with the state of a\n"
     "                                sweep: reached, fired, handled, benign\n"},
    {"faults", command_faults, "faults                        every class and its kinds\n"},
    {"allowed", command_allowed,
     "allowed                       what calls may return when a fault hits them, as a table\n"},
    {"bench", command_bench,
     "bench [--bare | --profile] RUNS FILE\n"
     "                                how many times a second the program runs; --bare: its calls\n"
     "                                alone, unjudged; --profile: whose code takes the time\n"},
    {"decode", command_decode,
     "decode DRIVER FILE...         inputs of server_pdu, client_pdu, ndr, handle as text: "
     "FILE.bin\n"
     "                                into FILE.txt beside it; --check DRIVER FILE...: only say\n"
     "                                where that text is missing or another\n"},
    {"proxy", command_proxy,
     "proxy --listen EP --to EP [--plan FILE | --seed N]\n"
     "                                stand between real clients and a real server of DCE/RPC, "
     "log\n"
     "                                each PDU and break some. EP: ncalrpc:[/path] or\n"
     "                                ncacn_ip_tcp:host[port]\n"
     "                                  --plan FILE    fault clauses as in programs, one a line;\n"
     "                                                 `at N` counts from the start\n"
     "                                  --seed N       faults at random, the same for the same N\n"
     "                                                 and the same traffic\n"
     "                                  --every N      of about N PDUs one is broken (default 20)\n"
     "                                  --kill CMD, --restart CMD\n"
     "                                                 what faults of these names run\n"},
    {"wire", command_wire,
     "wire DIRECTORY FILE...        record what goes over the wire: each connection of each\n"
     "                                program as an input of fuzz_server_pdu, true answers as\n"
     "                                inputs of fuzz_client_pdu, into folders of these names\n"},
};

static void print_help(FILE *out)
{
    fputs("rundown SUBCOMMAND ...\n\n", out);
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
        fprintf(out, "  %s", commands[i].help);
    fputs("\nExit code 0: nothing was found. 1: a finding, an unreadable file, a syntax error. 2: "
          "wrong usage.\n",
          out);
}

int main(int count, char **arguments)
{
    /* Programs may name fault points of the wire. */
    service_register_sites();
    if (count >= 2 && (strcmp(arguments[1], "--help") == 0 || strcmp(arguments[1], "help") == 0)) {
        print_help(stdout);
        return EXIT_SUCCESS;
    }
    int status = EXIT_USAGE;
    for (size_t i = 0; count >= 2 && i < sizeof commands / sizeof *commands; i++)
        if (strcmp(arguments[1], commands[i].name) == 0)
            status = commands[i].run(count - 2, arguments + 2);
    if (status == EXIT_USAGE)
        print_help(stderr);
    return status;
}
