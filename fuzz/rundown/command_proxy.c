/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rundown proxy: the wire faults of the simulation between real processes.
 */
#include "rundown.h"

#include "faults/fault/fault.h"
#include "faults/fault/hash.h"
#include "faults/wire/proxy.h"
#include "faults/world/world.h"
#include "fuzz/program/program_text.h"
#include "fuzz/run/run.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

static struct proxy_settings {
    const char *listen, *to, *plan, *kill, *restart, *seed_text;
    uint32_t seed, every;
    uint64_t connections, pdus, broken;
} proxy = {.every = 20};

static const struct option_row rows[] = {
#define AT(member) offsetof(struct proxy_settings, member)
    {"listen", "EP", OPTION_TEXT, AT(listen), 0, 0, "endpoint for clients"},
    {"to", "EP", OPTION_TEXT, AT(to), 0, 0, "endpoint of the server"},
    {"plan", "FILE", OPTION_TEXT, AT(plan), 0, 0,
     "break PDUs by this file: fault clauses as in programs, one a line; 'at N' counts from the "
     "start"},
    {"seed", "N", OPTION_TEXT, AT(seed_text), 0, 0,
     "break PDUs at random, the same ones for the same N and the same traffic"},
    {"every", "N", OPTION_NUMBER, AT(every), 1, ANY_NUMBER,
     "break one of about N PDUs (default 20)"},
    {"kill", "CMD", OPTION_TEXT, AT(kill), 0, 0, "command of the fault 'kill'"},
    {"restart", "CMD", OPTION_TEXT, AT(restart), 0, 0, "command of the fault 'restart'"},
#undef AT
};

static const struct option_program line = {
    .name = "rundown proxy",
    .version = RUNDOWN_VERSION,
    .synopsis = "--listen EP --to EP [--plan FILE | --seed N] [OPTION...]",
    .summary = "stand between real clients and a real DCE/RPC server, log each PDU, break some",
    ROWS(rows),
    .closing = "EP is ncalrpc:[/path] or ncacn_ip_tcp:host[port]. SIGTERM ends it, with exit code "
               "0, and SIGINT, with 130; both print a summary.",
};

/* The signal that ends it. */
static volatile sig_atomic_t ended;

static void on_signal(int number)
{
    ended = number;
}

/* Faults ------------------------------------------------------------------------------------ */

/* One number for each PDU of each connection, so that connections do not influence each other. */
static uint64_t draw(uint64_t connection, uint64_t index)
{
    return hash_spread(proxy.seed + (connection << 32 | index) * HASH_STREAM_STEP);
}

/* A fault that cannot be carried out is not armed. */
static bool is_possible(enum fault_class class, uint32_t kind)
{
    const char *name = fault_kind_name(class, kind);
    return (strcmp(name, "kill") != 0 || proxy.kill != NULL) &&
           (strcmp(name, "restart") != 0 || proxy.restart != NULL);
}

static void arm_at_random(void *context, unsigned number, const struct wire_pdu *pdu)
{
    (void)context;
    if (proxy.seed_text == NULL)
        return;
    uint64_t drawn = draw(number, (uint64_t)pdu->index << 1 | pdu->to_server);
    uint32_t kind = (uint32_t)(drawn >> 32) % fault_kind_count(pdu->class);
    fault_disarm_all();
    if ((uint32_t)drawn % proxy.every == 0 && is_possible(pdu->class, kind))
        fault_arm(&(struct fault){.class = pdu->class, .nth = 1, .kind = kind});
}

static bool arm_plan(void)
{
    struct fault_clause clauses[FAULT_MAX_ARMED];
    struct program_error error;
    uint8_t *text;
    size_t size, count = 0;
    if (!files_read(proxy.plan, &text, &size))
        return false;
    bool good =
        program_parse_plan((const char *)text, size, clauses, FAULT_MAX_ARMED, &count, &error);
    free(text);
    if (!good) {
        fprintf(stderr, "%s:%u:%u: expected %s\n", proxy.plan, error.line, error.column,
                error.expected);
        return false;
    }
    for (size_t i = 0; i < count; i++)
        run_arm(&clauses[i]);
    return true;
}

/* Events --------------------------------------------------------------------------------------- */

static void say_connection(void *context, unsigned number, const char *what)
{
    (void)context;
    proxy.connections += strcmp(what, "connected") == 0;
    printf("%u %s\n", number, what);
}

static void say_pdu(void *context, unsigned number, const struct wire_pdu *pdu)
{
    (void)context;
    char name[96];
    const struct fault_firing *last = &fault_report()->last;
    proxy.pdus++;
    printf("%u %c %s, %zu bytes", number, pdu->to_server ? '>' : '<',
           wire_pdu_name(pdu, name, sizeof name), pdu->length);
    if (pdu->broken)
        printf("  BROKEN %s %s", fault_class_name(last->class),
               fault_kind_name(last->class, last->kind));
    putchar('\n');
    proxy.broken += pdu->broken;
}

static void run_command(void *context, bool restart)
{
    (void)context;
    const char *command = restart ? proxy.restart : proxy.kill;
    fflush(stdout);
    if (command == NULL)
        fprintf(stderr, "rundown: proxy: this fault needs --%s\n", restart ? "restart" : "kill");
    else if (system(command) != 0)
        fprintf(stderr, "rundown: proxy: '%s' failed\n", command);
}

static const struct proxy_events events = {
    .connection = say_connection, .ask = arm_at_random, .pdu = say_pdu, .kill = run_command};

/* The command line --------------------------------------------------------------------------- */

static bool check(void)
{
    if (proxy.seed_text != NULL && !option_number(proxy.seed_text, 0, UINT32_MAX, &proxy.seed))
        return option_table_wrong(&line, "seed", proxy.seed_text,
                                  "must be a whole number from 0 to 4294967295");
    if (proxy.listen != NULL && proxy.to != NULL && (proxy.seed_text == NULL || proxy.plan == NULL))
        return true;
    fprintf(stderr, "%s: %s\n", line.name,
            proxy.listen == NULL || proxy.to == NULL ? "--listen and --to are both needed"
                                                     : "--plan and --seed do not go together");
    return false;
}

static bool parse_endpoint(const char *binding, struct endpoint *out)
{
    if (endpoint_parse(binding, out))
        return true;
    fprintf(stderr, "rundown: proxy: '%s' is not ncalrpc:[/path] or ncacn_ip_tcp:host[port]\n",
            binding);
    return false;
}

static void serve(struct proxy *p)
{
    printf("proxy ready %s\n", proxy.listen);
    while (!ended) {
        fflush(stdout);
        proxy_step(p, 1000, -1); /* a signal may come just before the wait */
    }
    proxy_close(p);
    /* What comes from here on is of no account: timeout(1) sends its signal to the whole group,
       too, and LeakSanitizer, which looks when the process ends, may never come back from a second
       one. */
    sigset_t all;
    sigfillset(&all);
    sigprocmask(SIG_BLOCK, &all, NULL);
    printf("%" PRIu64 " connections, %" PRIu64 " PDUs, %" PRIu64 " broken\n", proxy.connections,
           proxy.pdus, proxy.broken);
}

static int run(int count, char **words)
{
    struct endpoint listen, to;
    (void)count, (void)words;
    if (!check()) {
        option_table_try_help(&line);
        return EXIT_USAGE;
    }
    world_reset();
    if (!parse_endpoint(proxy.listen, &listen) || !parse_endpoint(proxy.to, &to) ||
        (proxy.plan != NULL && !arm_plan()))
        return EXIT_FAILURE;
    if (proxy.seed_text != NULL)
        printf("seed %" PRIu32 "\n", proxy.seed);
    struct sigaction action = {.sa_handler = on_signal};
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGINT, &action, NULL);
    struct proxy *p = proxy_open(&listen, &to, &events);
    if (p == NULL) {
        fprintf(stderr, "rundown: proxy: %s: %s\n", proxy.listen, strerror(errno));
        return EXIT_FAILURE;
    }
    serve(p);
    return ended == SIGINT ? 128 + SIGINT : EXIT_SUCCESS;
}

const struct rundown_command command_proxy = {.program = &line, .settings = &proxy, .run = run};
