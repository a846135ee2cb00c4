/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Maps handle values to objects. A handle is a 64-bit token that is looked up, never dereferenced:
 *
 *     63        56 55                          24 23              0
 *     kind         generation                     slot
 *
 * so a value that was never issued, has ended, is of another kind or of an earlier use of its slot
 * is always recognised. The slots are static: issuing a handle allocates nothing. A slot whose
 * 32-bit generation is used up is never used again, so no value is issued twice.
 *
 * Thread-safe. The table counts the users of an object, so that it is not destroyed while in use.
 */
#ifndef CLIENT_HANDLE_TABLE_H
#define CLIENT_HANDLE_TABLE_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

enum { HANDLE_SLOTS = 4096 };

/* All bits differ between the kinds and the top byte of an address (0x00 or 0xff) is neither. */
enum context_kind { CONTEXT_BACKUP = 0x5a, CONTEXT_RESTORE = 0xa5 };

/* The first member of the object behind a handle. */
struct handle_object {
    uint32_t users; /* calls that hold it; the table's own hold is not counted */
};

struct handle_slot {
    struct handle_object *object; /* NULL: free, retired, or reserved */
    uint32_t generation;          /* of the present or the last handle; 0: never used */
    uint32_t next_free;           /* slot number + 1; 0: none */
    uint8_t kind;                 /* enum context_kind; 0: not in use */
};

struct handle_table {
    pthread_mutex_t mutex;
    pthread_cond_t unused; /* the last user of an object that was taken out has released it */
    uint32_t touched;      /* slots below this one were in use at some time */
    uint32_t first_free;   /* slot number + 1; 0: none */
    uint32_t live;         /* handles that can be acquired */
    struct handle_slot slots[HANDLE_SLOTS];
};
#define HANDLE_TABLE_INIT                                                                          \
    {                                                                                              \
        .mutex = PTHREAD_MUTEX_INITIALIZER, .unused = PTHREAD_COND_INITIALIZER                     \
    }

/* Takes a slot, so that nothing can fail once the server has acted. The value is not a valid handle
   until it is published. False: no slot is left. */
bool handle_table_reserve(struct handle_table *t, enum context_kind kind, uint64_t *out_value);
/* Gives back a reserved value that was not published. */
void handle_table_cancel(struct handle_table *t, uint64_t value);
/* Makes a reserved value a handle of `object`, which has no users yet. */
void handle_table_publish(struct handle_table *t, uint64_t value, struct handle_object *object);

/* The object of a live handle of that kind, held until it is released; NULL: no such handle. */
struct handle_object *handle_table_acquire(struct handle_table *t, enum context_kind kind,
                                           uint64_t value);
void handle_table_release(struct handle_table *t, struct handle_object *object);

/* Ends the handle; the caller has the object from now on, but others may still hold it until
   handle_table_await_unused() returns. NULL: no such handle. */
struct handle_object *handle_table_remove(struct handle_table *t, enum context_kind kind,
                                          uint64_t value);
void handle_table_await_unused(struct handle_table *t, struct handle_object *object);

/* Forgets everything: calls `destroy` for each object without users, and resets the table. Does
   nothing if the table is locked, which in the child of a fork() may never end. */
void handle_table_unload(struct handle_table *t, void (*destroy)(struct handle_object *));

uint32_t handle_table_live(struct handle_table *t);

#endif
