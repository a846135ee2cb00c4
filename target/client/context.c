/* SPDX-License-Identifier: Apache-2.0 */
#include "context.h"

#include "connect.h"

#include <stdlib.h>

static struct handle_table handles = HANDLE_TABLE_INIT;

static struct context *of_object(struct handle_object *object)
{
    _Static_assert(offsetof(struct context, object) == 0, "one address for both");
    return (struct context *)object;
}

static void free_context(struct context *c)
{
    rpc_binding_close(c->binding);
    pthread_mutex_destroy(&c->mutex);
    free(c);
}

HRESULT context_open(enum context_kind kind, struct text_argument server,
                     const struct rpc_syntax_id *interface, struct context **out)
{
    struct context *c = calloc(1, sizeof *c);
    if (c == NULL)
        return ERROR_NOT_ENOUGH_MEMORY;
    pthread_mutex_init(&c->mutex, NULL);
    if (!handle_table_reserve(&handles, kind, &c->handle)) {
        free_context(c);
        return ERROR_NOT_ENOUGH_MEMORY;
    }
    HRESULT result = connect_to_server(server, interface, &c->binding);
    if (result != S_OK) {
        context_destroy(c);
        return result;
    }
    *out = c;
    return S_OK;
}

HBC context_publish(struct context *c)
{
    HBC hbc = (HBC)(uintptr_t)c->handle;
    c->published = true;
    handle_table_publish(&handles, c->handle, &c->object);
    return hbc;
}

void context_destroy(struct context *c)
{
    if (!c->published)
        handle_table_cancel(&handles, c->handle);
    free_context(c);
}

struct context *context_acquire(enum context_kind kind, HBC hbc)
{
    return of_object(handle_table_acquire(&handles, kind, (uint64_t)(uintptr_t)hbc));
}

void context_release(struct context *c)
{
    handle_table_release(&handles, &c->object);
}

struct context *context_end(enum context_kind kind, HBC hbc)
{
    struct context *c = of_object(handle_table_remove(&handles, kind, (uint64_t)(uintptr_t)hbc));
    if (c == NULL)
        return NULL;
    atomic_store(&c->ending, true);
    rpc_binding_cancel(c->binding);
    handle_table_await_unused(&handles, &c->object);
    rpc_binding_reset_cancel(c->binding);
    atomic_store(&c->ending, false);
    return c;
}

static void unload_one(struct handle_object *object)
{
    free_context(of_object(object));
}

uint32_t context_live_handles(void)
{
    return handle_table_live(&handles);
}

void context_unload(void)
{
    handle_table_unload(&handles, unload_one);
}
