/* SPDX-License-Identifier: Apache-2.0 */
#include "site.h"

#include "faults/seam/site_table.h"
#include "hash.h"

#include <dlfcn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct {
    uint16_t count;
    bool loaded;
    const char *names[SITES_MAX];
    uint16_t hashes[SITES_MAX];
    enum fault_class classes[SITES_MAX];
    bool taken[1 << 16]; /* hashes */
} sites;

static void give_up(const char *what, const char *name)
{
    fprintf(stderr, "rundown: fault points: %s: %s\n", what, name);
    abort();
}

/* If two names have the same hash the later one takes the next free value. */
static uint16_t free_hash(const char *name)
{
    uint32_t h = hash_32(name, strlen(name));
    uint16_t hash = (uint16_t)(h ^ h >> 16);
    while (hash == 0 || sites.taken[hash])
        hash++;
    sites.taken[hash] = true;
    return hash;
}

static int add(const char *name)
{
    int class = fault_class_find(name, strcspn(name, "@"));
    if (class < 0)
        give_up("no such class", name);
    if (sites.count == SITES_MAX)
        give_up("no room", name);
    sites.names[sites.count] = name;
    sites.classes[sites.count] = (enum fault_class) class;
    sites.hashes[sites.count] = free_hash(name);
    return sites.count++;
}

/* By address. Functions that the linker folded into one share it: the first name stands for all. */
static int compare_addresses(const void *left, const void *right)
{
    const struct site_address *a = left, *b = right;
    uintptr_t x = (uintptr_t)a->address, y = (uintptr_t)b->address;
    return x != y ? (x > y) - (x < y) : (a->name > b->name) - (a->name < b->name);
}

static bool has_target(void)
{
    return &site_table_name_count != NULL;
}

static void load(void)
{
    if (sites.loaded)
        return;
    sites.loaded = true;
    if (!has_target())
        return;
    for (unsigned i = 0; i < site_table_name_count; i++)
        add(site_table_names[i]);
    qsort(site_table_addresses, site_table_address_count, sizeof *site_table_addresses,
          compare_addresses);
}

uint16_t site_count(void)
{
    load();
    return sites.count;
}

const char *site_name(unsigned index)
{
    load();
    return sites.names[index];
}

enum fault_class site_class(unsigned index)
{
    load();
    return sites.classes[index];
}

uint16_t site_hash(unsigned index)
{
    return sites.hashes[index];
}

static const struct site_address *search_call(const void *address)
{
    load();
    size_t low = 0, high = has_target() ? site_table_address_count : 0, count = high;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if ((uintptr_t)site_table_addresses[middle].address < (uintptr_t)address)
            low = middle + 1;
        else
            high = middle;
    }
    bool found = low < count && site_table_addresses[low].address == address;
    return found ? &site_table_addresses[low] : NULL;
}

/* NULL: no wrapped call of the target returns to that address. The same few are asked for again and
 * again. */
static const struct site_address *find_call(const void *address)
{
    enum { KEPT_BITS = 10 };
    static struct {
        const void *address;
        const struct site_address *call;
    } kept[1 << KEPT_BITS];
    uint64_t hash = (uintptr_t)address * HASH_STREAM_STEP;
    unsigned slot = (unsigned)(hash >> (64 - KEPT_BITS));
    if (kept[slot].address != address) {
        kept[slot].address = address;
        kept[slot].call = search_call(address);
    }
    return kept[slot].call;
}

bool site_is_call(const void *address)
{
    return find_call(address) != NULL;
}

static int compare_names(const void *name, const void *entry)
{
    return strcmp(name, *(const char *const *)entry);
}

bool site_has_function(const char *name)
{
    return site_has_entries() && bsearch(name, site_table_functions, site_table_function_count,
                                         sizeof *site_table_functions, compare_names) != NULL;
}

const char *site_unseen(unsigned index)
{
    for (unsigned i = 0; site_has_entries() && site_table_unseen[i] != NULL; i++)
        if (i == index)
            return site_table_unseen[i];
    return NULL;
}

int site_of_address(const void *caller)
{
    const struct site_address *call = find_call(caller);
    return call != NULL ? call->name : -1;
}

static int name_beside(enum fault_class class, int site, char out[256])
{
    return snprintf(out, 256, "%s%s", fault_class_name(class),
                    strchr(site_name((unsigned)site), '@'));
}

/* A call on a socket may be at two other fault points of the same place: read() and write() at
   those of recv() and send(), and where another thread may come. */
static int site_beside(enum fault_class class, int site)
{
    /* 1 + the point of the other class, or -1: there is none. */
    static int16_t known[SITES_MAX][FAULT_ALL_CLASSES];
    char name[256];
    if (site < 0 || site_class((unsigned)site) == class)
        return site;
    int16_t *beside = &known[site][class];
    if (*beside == 0) {
        int found = site_find(name, (size_t)name_beside(class, site, name));
        *beside = (int16_t)(found < 0 ? -1 : 1 + found);
    }
    return *beside > 0 ? *beside - 1 : site;
}

int site_of_crossing(enum fault_class class, const void *caller)
{
    int site = site_beside(class, site_has_entries() ? site_entered() : site_of_address(caller));
    if (site >= 0 || !has_target())
        return site;
    Dl_info from = {.dli_fname = "?"};
    dladdr(caller, &from);
    fprintf(stderr,
            "rundown: a fault point has no name: %s, called from %s+%#tx. Either the call goes "
            "through a pointer, or the program was not linked with the table of its target.\n",
            fault_class_name(class), from.dli_fname,
            (const char *)caller - (const char *)from.dli_fbase);
    abort();
}

int site_find(const char *name, size_t length)
{
    load();
    for (unsigned i = 0; i < sites.count; i++)
        if (strlen(sites.names[i]) == length && memcmp(sites.names[i], name, length) == 0)
            return (int)i;
    return -1;
}

int site_nearest(uint16_t hash, enum fault_class class)
{
    load();
    int nearest = -1;
    uint16_t least = UINT16_MAX;
    for (unsigned i = 0; i < sites.count; i++) {
        uint16_t distance = (uint16_t)(sites.hashes[i] - hash);
        if (sites.classes[i] == class && (nearest < 0 || distance < least)) {
            nearest = (int)i;
            least = distance;
        }
    }
    return nearest;
}

/* `n`: its length. */
static int find_or_add(const char *name, int n)
{
    int known = site_find(name, (size_t)n);
    if (known >= 0)
        return known;
    char *kept = strdup(name);
    if (kept == NULL)
        give_up("out of memory", name);
    return add(kept);
}

int site_add_named(enum fault_class class, const char *place)
{
    load();
    char name[128];
    int n = snprintf(name, sizeof name, "%s@%s#1", fault_class_name(class), place);
    return find_or_add(name, n);
}

void site_add_beside(enum fault_class class, enum fault_class of)
{
    load();
    char name[256];
    for (unsigned i = 0, count = sites.count; i < count; i++)
        if (sites.classes[i] == of)
            find_or_add(name, name_beside(class, (int)i, name));
}
