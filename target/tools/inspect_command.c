/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dsbackup inspect: what the server holds, one "name number" a line, for scripts.
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
    const struct {
        const char *name;
        uint64_t value;
    } lines[] = {
        {"connections", c.connections - 1}, /* ours is none that anybody waits to see gone */
        {"groups", c.groups - 1},
        {"context_handles", c.context_handles},
        {"backup_sessions", c.backup_sessions},
        {"restore_sessions", c.restore_sessions},
        {"open_files", c.open_files},
        {"online", c.online},
        {"restore_registered", c.restore_registered},
        {"calls", c.calls_received},
        {"pdus_received", c.pdus_received},
        {"pdus_sent", c.pdus_sent},
        {"faults", c.faults_sent},
    };
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        printf("%s %" PRIu64 "\n", lines[i].name, lines[i].value);
    return true;
}
