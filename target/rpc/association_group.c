/* SPDX-License-Identifier: Apache-2.0 */
#include "association_group.h"

#include "server_internal.h"

#include <stdlib.h>
#include <string.h>

static struct association_group *find(const struct association_groups *all, uint32_t id)
{
    struct association_group *g = all->first;
    while (g != NULL && g->id != id)
        g = g->next;
    return g;
}

struct association_group *association_group_join(struct association_groups *all, uint32_t id,
                                                 enum rpc_transport transport, bool *no_memory)
{
    *no_memory = false;
    struct association_group *g = id != 0 ? find(all, id) : NULL;
    if (g != NULL && g->transport == transport) {
        g->connections++;
        return g;
    }
    if (id != 0)
        return NULL;
    g = calloc(1, sizeof *g);
    if (g == NULL) {
        *no_memory = true;
        return NULL;
    }
    do
        all->last_id++;
    while (all->last_id == 0 || find(all, all->last_id) != NULL);
    *g = (struct association_group){
        .next = all->first, .id = all->last_id, .transport = transport, .connections = 1};
    all->first = g;
    all->count++;
    return g;
}

void association_group_leave(struct association_groups *all, struct association_group *g,
                             void *service)
{
    if (--g->connections > 0)
        return;
    struct association_group **link = &all->first;
    while (*link != g)
        link = &(*link)->next;
    *link = g->next;
    all->count--;
    for (struct context_entry *e = g->entries, *next; e != NULL; e = next) {
        next = e->next;
        e->type->rundown(e->object, service);
        all->handle_count--;
        free(e);
    }
    free(g);
}

/* The link to the entry of that handle, or the one at the end, which is NULL. */
static struct context_entry **find_entry(struct association_group *g,
                                         const struct rpc_context_handle *handle)
{
    struct context_entry **link = &g->entries;
    while (*link != NULL && !rpc_context_handle_equal(&(*link)->handle, handle))
        link = &(*link)->next;
    return link;
}

bool rpc_context_create(struct rpc_call *call, const struct rpc_context_type *type, void *object,
                        struct rpc_context_handle *out_handle)
{
    struct rpc_connection *c = call->connection;
    struct rpc_server *s = c->server;
    struct association_group *g = c->group;
    struct rpc_uuid uuid;
    if (g->entry_count >= s->limits.max_handles_per_group || s->callbacks.random == NULL)
        return false;
    struct context_entry *e = malloc(sizeof *e);
    if (e == NULL)
        return false;
    if (!s->callbacks.random(&uuid, sizeof uuid, s->service)) {
        free(e);
        return false;
    }
    uuid.time_low |= 1; /* all zero is the NULL handle */
    *e = (struct context_entry){.next = g->entries,
                                .handle = {.uuid = uuid},
                                .type = type,
                                .interface = c->call.interface,
                                .object = object};
    if (*find_entry(g, &e->handle) != NULL) {
        free(e); /* a source that repeats itself is not random */
        return false;
    }
    g->entries = e;
    g->entry_count++;
    s->groups.handle_count++;
    *out_handle = e->handle;
    return true;
}

static struct context_entry **find_link(const struct rpc_call *call,
                                        const struct rpc_context_type *type,
                                        const struct rpc_context_handle *handle)
{
    struct context_entry **link = find_entry(call->connection->group, handle);
    const struct context_entry *e = *link;
    bool fits = e != NULL && e->type == type && e->interface == call->connection->call.interface;
    return fits ? link : NULL;
}

void *rpc_context_find(struct rpc_call *call, const struct rpc_context_type *type,
                       const struct rpc_context_handle *handle)
{
    struct context_entry **link = find_link(call, type, handle);
    return link != NULL ? (*link)->object : NULL;
}

void *rpc_context_take(struct rpc_call *call, const struct rpc_context_type *type,
                       const struct rpc_context_handle *handle)
{
    struct context_entry **link = find_link(call, type, handle);
    if (link == NULL)
        return NULL;
    struct context_entry *e = *link;
    void *object = e->object;
    *link = e->next;
    call->connection->group->entry_count--;
    call->connection->server->groups.handle_count--;
    free(e);
    return object;
}
