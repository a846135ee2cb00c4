/* SPDX-License-Identifier: Apache-2.0 */
#include "server_internal.h"

#include <stdlib.h>

const struct rpc_server_limits rpc_server_default_limits = {
    .max_fragment_tcp = 5840,
    .max_fragment_local = 65528,
    .max_request_stub = 4 << 20,
    .max_contexts_per_bind = 128,
    .max_contexts_per_connection = 256,
    .max_handles_per_group = 1024,
    .output_high_water = 64 << 10,
    .max_held = 64 << 20,
};

struct rpc_server *rpc_server_create(const struct rpc_interface *const *interfaces,
                                     const struct rpc_server_limits *limits,
                                     const struct rpc_server_callbacks *callbacks, void *service)
{
    struct rpc_server *s = calloc(1, sizeof *s);
    if (s == NULL)
        return NULL;
    s->interfaces = interfaces;
    s->limits = *limits;
    s->callbacks = *callbacks;
    s->service = service;
    return s;
}

void rpc_server_destroy(struct rpc_server *s)
{
    buffer_destroy(&s->reply);
    free(s);
}

struct rpc_server_counts rpc_server_inspect(const struct rpc_server *s)
{
    struct rpc_server_counts counts = s->counts;
    counts.groups = s->groups.count;
    counts.context_handles = s->groups.handle_count;
    return counts;
}

/* The interface of that UUID which can serve that version: the same major, a minor not above
   ours. */
const struct rpc_interface *server_find_interface(const struct rpc_server *s,
                                                  const struct rpc_syntax_id *wanted)
{
    for (size_t i = 0;; i++) {
        const struct rpc_interface *f =
            s->interfaces[i] != NULL ? s->interfaces[i] : &mgmt_interface;
        if (rpc_uuid_equal(&f->id.uuid, &wanted->uuid) &&
            (f->id.version & 0xffff) == (wanted->version & 0xffff) &&
            (wanted->version >> 16) <= (f->id.version >> 16))
            return f;
        if (f == &mgmt_interface)
            return NULL;
    }
}
