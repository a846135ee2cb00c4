/* SPDX-License-Identifier: Apache-2.0 */
#include "handle_table.h"

#include <stddef.h>
#include <string.h>

enum { SLOT_BITS = 24, GENERATION_BITS = 32 };

_Static_assert(HANDLE_SLOTS <= 1 << SLOT_BITS, "a slot number fits");

static uint64_t make_value(uint8_t kind, uint32_t generation, uint32_t slot)
{
    return (uint64_t)kind << (SLOT_BITS + GENERATION_BITS) | (uint64_t)generation << SLOT_BITS |
           slot;
}

static uint32_t slot_number(uint64_t value)
{
    return (uint32_t)(value & ((1u << SLOT_BITS) - 1));
}

/* The slot of a live handle of that kind, or NULL. The table is locked. */
static struct handle_slot *find(struct handle_table *t, enum context_kind kind, uint64_t value)
{
    uint32_t number = slot_number(value);
    if (number >= t->touched)
        return NULL;
    struct handle_slot *slot = &t->slots[number];
    if (slot->object == NULL || slot->kind != kind ||
        make_value(slot->kind, slot->generation, number) != value)
        return NULL;
    return slot;
}

/* The table is locked. */
static void give_back(struct handle_table *t, struct handle_slot *slot)
{
    slot->object = NULL;
    slot->kind = 0;
    if (slot->generation == UINT32_MAX)
        return;
    slot->next_free = t->first_free;
    t->first_free = (uint32_t)(slot - t->slots) + 1;
}

bool handle_table_reserve(struct handle_table *t, enum context_kind kind, uint64_t *out_value)
{
    struct handle_slot *slot = NULL;
    pthread_mutex_lock(&t->mutex);
    if (t->first_free != 0) {
        slot = &t->slots[t->first_free - 1];
        t->first_free = slot->next_free;
    } else if (t->touched < HANDLE_SLOTS) {
        slot = &t->slots[t->touched++];
    }
    if (slot != NULL) {
        slot->generation++;
        slot->kind = (uint8_t)kind;
        *out_value = make_value(slot->kind, slot->generation, (uint32_t)(slot - t->slots));
    }
    pthread_mutex_unlock(&t->mutex);
    return slot != NULL;
}

void handle_table_cancel(struct handle_table *t, uint64_t value)
{
    pthread_mutex_lock(&t->mutex);
    give_back(t, &t->slots[slot_number(value)]);
    pthread_mutex_unlock(&t->mutex);
}

void handle_table_publish(struct handle_table *t, uint64_t value, struct handle_object *object)
{
    pthread_mutex_lock(&t->mutex);
    object->users = 0;
    t->slots[slot_number(value)].object = object;
    t->live++;
    pthread_mutex_unlock(&t->mutex);
}

struct handle_object *handle_table_acquire(struct handle_table *t, enum context_kind kind,
                                           uint64_t value)
{
    struct handle_object *object = NULL;
    pthread_mutex_lock(&t->mutex);
    struct handle_slot *slot = find(t, kind, value);
    if (slot != NULL) {
        object = slot->object;
        object->users++;
    }
    pthread_mutex_unlock(&t->mutex);
    return object;
}

void handle_table_release(struct handle_table *t, struct handle_object *object)
{
    pthread_mutex_lock(&t->mutex);
    if (--object->users == 0)
        pthread_cond_broadcast(&t->unused);
    pthread_mutex_unlock(&t->mutex);
}

struct handle_object *handle_table_remove(struct handle_table *t, enum context_kind kind,
                                          uint64_t value)
{
    struct handle_object *object = NULL;
    pthread_mutex_lock(&t->mutex);
    struct handle_slot *slot = find(t, kind, value);
    if (slot != NULL) {
        object = slot->object;
        give_back(t, slot);
        t->live--;
    }
    pthread_mutex_unlock(&t->mutex);
    return object;
}

void handle_table_await_unused(struct handle_table *t, struct handle_object *object)
{
    pthread_mutex_lock(&t->mutex);
    while (object->users > 0)
        pthread_cond_wait(&t->unused, &t->mutex);
    pthread_mutex_unlock(&t->mutex);
}

void handle_table_unload(struct handle_table *t, void (*destroy)(struct handle_object *))
{
    if (pthread_mutex_trylock(&t->mutex) != 0)
        return;
    for (uint32_t i = 0; i < t->touched; i++) {
        struct handle_object *object = t->slots[i].object;
        if (object != NULL && object->users == 0)
            destroy(object);
    }
    memset(t->slots, 0, t->touched * sizeof *t->slots);
    t->touched = t->first_free = t->live = 0;
    pthread_mutex_unlock(&t->mutex);
}

uint32_t handle_table_live(struct handle_table *t)
{
    pthread_mutex_lock(&t->mutex);
    uint32_t live = t->live;
    pthread_mutex_unlock(&t->mutex);
    return live;
}
