/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dsbackup inspect: prints the counts of the server's resources for scripts: one "name number" a
 * line, or one JSON object.
 */
#include "dsbackup.h"

#include "../client/client.h"
#include "../idl/stubs.h"
#include "messages.h"

#include <inttypes.h>
#include <stdio.h>

bool inspect_command(const struct settings *settings)
{
    struct ntdsb_counts_out c;
    int32_t code = ntdsb_client_inspect_server(settings->server, &c);
    if (code != 0) {
        message_call("inspection", code, settings->server);
        return false;
    }
    const struct count {
        const char *name;
        uint64_t value;
        bool is_flag;
    } counts[] = {
        {"connections", c.connections - 1, false}, /* without this one, which is about to go */
        {"groups", c.groups - 1, false},
        {"context_handles", c.context_handles, false},
        {"backup_sessions", c.backup_sessions, false},
        {"restore_sessions", c.restore_sessions, false},
        {"open_files", c.open_files, false},
        {"online", c.online, true},
        {"restore_registered", c.restore_registered, true},
        {"calls", c.calls_received, false},
        {"pdus_received", c.pdus_received, false},
        {"pdus_sent", c.pdus_sent, false},
        {"faults", c.faults_sent, false},
    };
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        const struct count *n = &counts[i];
        if (!settings->json)
            printf("%s %" PRIu64 "\n", n->name, n->value);
        else if (n->is_flag)
            printf("%s\"%s\": %s", i == 0 ? "{" : ", ", n->name, n->value != 0 ? "true" : "false");
        else
            printf("%s\"%s\": %" PRIu64, i == 0 ? "{" : ", ", n->name, n->value);
    }
    if (settings->json)
        printf("}\n");
    return true;
}
