/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Open files, and whether the process that holds them is still alive.
 */
#include "allowance.h"
#include "clock.h"
#include "fail.h"
#include "file.h"
#include "file_internal.h"
#include "world_internal.h"

struct open_file file_open_files[OPEN_FILES];
static unsigned files_high; /* entries from here on were not used since the reset */
static bool off;            /* the process that uses the files is dying, */
static bool loses;          /* and its machine with it */
static bool is_full;
static uint32_t pace_ms;   /* of a read or write */
static const char *spoilt; /* the next file to be synced under this name will be another one */

void file_reset(void)
{
    for (unsigned i = 0; i < files_high; i++)
        file_open_files[i].used = false;
    files_high = 0;
    off = is_full = false;
    pace_ms = 0;
    spoilt = NULL;
    file_tree_reset();
}

void file_kill_descriptors(void)
{
    for (unsigned i = 0; i < files_high; i++)
        file_open_files[i].dead = true;
}

void file_descriptor_closed(struct descriptor *d)
{
    struct open_file *f = d->object;
    if (f->inode->lock_owner == f)
        f->inode->lock_owner = NULL;
    f->used = false;
}

void file_power_off(void)
{
    off = true;
    loses = false;
}

void file_power_on(void)
{
    off = false;
}

void file_set_full(bool full)
{
    is_full = full;
}

bool file_is_full(void)
{
    return is_full;
}

void file_set_pace(uint32_t ms)
{
    pace_ms = ms;
}

void file_spoil(const char *path)
{
    spoilt = path;
}

void file_spoil_synced(struct inode *inode)
{
    const struct name *n = spoilt != NULL ? file_find(spoilt) : NULL;
    if (n == NULL || n->inode != inode || inode->size == 0)
        return;
    uint8_t last = file_bytes(inode)[inode->size - 1] ^ 1;
    file_store(inode, inode->size - 1, &last, 1);
    spoilt = NULL;
}

bool file_stopped_machine(void)
{
    return off && loses;
}

bool file_is_off(void)
{
    return off;
}

/* The fault point of a file operation: applies the fault, or the death of the process. */
struct fault_effect file_point(enum fault_class class, const void *caller)
{
    struct fault_effect effect = fault_point(class, caller);
    bool moves_bytes = effect.action == FAULT_GO_ON || effect.action == FAULT_SHORT;
    if (moves_bytes && world_side() == WORLD_CLIENT &&
        (class == FAULT_FILE_READ || class == FAULT_FILE_WRITE))
        clock_advance_ms(pace_ms);
    if (fault_ends_process(effect) && !off) {
        off = true;
        loses = effect.action == FAULT_CRASH;
    }
    return off ? (struct fault_effect){FAULT_FAIL, EIO} : effect;
}

int file_open(struct inode *inode, bool writable)
{
    for (unsigned i = 0; i < OPEN_FILES; i++) {
        struct open_file *f = &file_open_files[i];
        if (i < files_high && f->used)
            continue;
        int fd = descriptor_open(DESCRIPTOR_FILE, f);
        if (fd < 0)
            return -1;
        *f = (struct open_file){.used = true, .writable = writable, .inode = inode};
        if (i >= files_high)
            files_high = i + 1;
        allowance_received(world_side(), inode->size);
        return fd;
    }
    return fail(EMFILE);
}
