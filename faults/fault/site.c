/* SPDX-License-Identifier: Apache-2.0 */
#include "site.h"

#include "faults/seam/site_table.h"

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
    fprintf(stderr, "site: %s: %s\n", what, name);
    abort();
}

/* Where two names have one hash the later one takes the next that is free. */
static uint16_t free_hash(const char *name)
{
    uint32_t h = 2166136261u;
    for (const char *c = name; *c != '\0'; c++)
        h = (h ^ (unsigned char)*c) * 16777619u;
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

static void load(void)
{
    if (sites.loaded)
        return;
    sites.loaded = true;
    if (&site_table_name_count == NULL)
        return;
    for (unsigned i = 0; i < site_table_name_count; i++)
        add(site_table_names[i]);
}

uint16_t site_count(void)
{
    load();
    return sites.count;
}

const char *site_name(unsigned index)
{
    return sites.names[index];
}

enum fault_class site_class(unsigned index)
{
    return sites.classes[index];
}

uint16_t site_hash(unsigned index)
{
    return sites.hashes[index];
}

int site_of_address(const void *caller)
{
    load();
    if (&site_table_address_count == NULL || caller < (const void *)rundown_target_start)
        return -1;
    size_t offset = (size_t)((const char *)caller - rundown_target_start);
    size_t low = 0, high = site_table_address_count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (site_table_addresses[middle].offset < offset)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == site_table_address_count || site_table_addresses[low].offset != offset)
        return -1;
    return site_table_addresses[low].name;
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

int site_add_named(enum fault_class class, const char *place)
{
    load();
    char name[128];
    int n = snprintf(name, sizeof name, "%s@%s#1", fault_class_name(class), place);
    int known = site_find(name, (size_t)n);
    if (known >= 0)
        return known;
    char *kept = strdup(name);
    if (kept == NULL)
        give_up("out of memory", name);
    return add(kept);
}
