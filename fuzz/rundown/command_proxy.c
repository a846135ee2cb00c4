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
#include "fuzz/scene/service.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

static struct {
    const char *listen, *to, *plan, *kill, *restart;
    unsigned long seed, every;
    bool random;
    uint64_t connections, pdus, broken;
} proxy;

static volatile sig_atomic_t ended;

static void on_signal(int number)
{
    (void)number;
    ended = 1;
}

/* Faults ------------------------------------------------------------------------------------ */

/* One number for each PDU of each connection, so that what a connection does leaves the
   others alone. */
static uint64_t draw(uint64_t connection, uint64_t index)
{
    return hash_spread(proxy.seed + (connection << 32 | index) * HASH_STREAM_STEP);
}

/* A fault that nobody would carry out is none. */
static bool is_possible(enum fault_class class, uint32_t kind)
{
    const char *name = fault_kind_name(class, kind);
    return (strcmp(name, "kill") != 0 || proxy.kill != NULL) &&
           (strcmp(name, "restart") != 0 || proxy.restart != NULL);
}

static void arm_at_random(void *context, unsigned number, const struct wire_pdu *pdu)
{
    (void)context;
    if (!proxy.random)
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
    if (!rundown_read(proxy.plan, &text, &size))
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

/* What happens --------------------------------------------------------------------------------- */

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
        fprintf(stderr, "rundown: proxy: no --%s says how\n", restart ? "restart" : "kill");
    else if (system(command) != 0)
        fprintf(stderr, "rundown: proxy: '%s' failed\n", command);
}

static const struct proxy_events events = {
    .connection = say_connection, .ask = arm_at_random, .pdu = say_pdu, .kill = run_command};

/* The command line --------------------------------------------------------------------------- */

static bool parse(int count, char **arguments)
{
    static const struct {
        const char *name;
        const char **text;
        unsigned long *number;
    } options[] = {
        {"--listen", &proxy.listen, NULL},   {"--to", &proxy.to, NULL},
        {"--plan", &proxy.plan, NULL},       {"--kill", &proxy.kill, NULL},
        {"--restart", &proxy.restart, NULL}, {"--seed", NULL, &proxy.seed},
        {"--every", NULL, &proxy.every},
    };
    proxy.every = 20;
    for (; count >= 2; count -= 2, arguments += 2) {
        size_t i = 0;
        while (i < sizeof options / sizeof *options && strcmp(options[i].name, arguments[0]) != 0)
            i++;
        if (i == sizeof options / sizeof *options ||
            (options[i].number != NULL && !rundown_number(arguments[1], options[i].number)))
            return false;
        if (options[i].text != NULL)
            *options[i].text = arguments[1];
        proxy.random |= options[i].number == &proxy.seed;
    }
    return count == 0 && proxy.listen != NULL && proxy.to != NULL && proxy.every > 0 &&
           !(proxy.random && proxy.plan != NULL);
}

static bool parse_endpoint(const char *binding, struct endpoint *out)
{
    if (endpoint_parse(binding, out))
        return true;
    fprintf(stderr, "rundown: proxy: '%s' is no ncalrpc:[/path] or ncacn_ip_tcp:host[port]\n",
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
    printf("%" PRIu64 " connections, %" PRIu64 " PDUs, %" PRIu64 " broken\n", proxy.connections,
           proxy.pdus, proxy.broken);
}

int command_proxy(int count, char **arguments)
{
    struct endpoint listen, to;
    if (!parse(count, arguments))
        return EXIT_USAGE;
    world_reset();
    service_register_sites();
    if (!parse_endpoint(proxy.listen, &listen) || !parse_endpoint(proxy.to, &to) ||
        (proxy.plan != NULL && !arm_plan()))
        return EXIT_FAILURE;
    if (proxy.random)
        printf("seed %lu\n", proxy.seed);
    struct sigaction action = {.sa_handler = on_signal};
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGINT, &action, NULL);
    struct proxy *p = proxy_open(&listen, &to, &events);
    if (p == NULL) {
        fprintf(stderr, "rundown: proxy: %s: %s\n", proxy.listen, strerror(errno));
        return EXIT_FAILURE;
    }
    serve(p);
    return fflush(stdout) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
