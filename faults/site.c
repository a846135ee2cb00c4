/* SPDX-License-Identifier: Apache-2.0 */
#include "site.h"

uint16_t site_count(void)
{
    return 0;
}

const char *site_name(unsigned index)
{
    (void)index;
    return "";
}

enum fault_class site_class(unsigned index)
{
    (void)index;
    return FAULT_MEM_ALLOC;
}

uint16_t site_hash(unsigned index)
{
    (void)index;
    return 0;
}

int site_of_address(const void *caller)
{
    (void)caller;
    return -1;
}

int site_find(const char *name, size_t length)
{
    (void)name, (void)length;
    return -1;
}

int site_nearest(uint16_t hash, enum fault_class class)
{
    (void)hash, (void)class;
    return -1;
}

int site_add_named(enum fault_class class, const char *name)
{
    (void)class, (void)name;
    return -1;
}
