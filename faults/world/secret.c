/* SPDX-License-Identifier: Apache-2.0 */
#include "secret.h"

#include "any_memory.h"
#include "faults/seam/site_table.h"
#include "ledger.h"
#include "own_stack.h"
#include "world_internal.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { FORMS = 2 }; /* as it is, and as UTF-16 */

static struct {
    size_t lengths[FORMS];
    uint8_t forms[FORMS][2 * SECRET_BYTES_MOST];
} secret;

void secret_reset(void)
{
    secret.lengths[0] = 0;
}

void secret_watch(const char *text)
{
    size_t n = text != NULL ? strlen(text) : 0;
    if (n > SECRET_BYTES_MOST || (n > 0 && n < SECRET_BYTES_LEAST))
        abort();
    secret.lengths[0] = n;
    secret.lengths[1] = 2 * n;
    for (size_t i = 0; i < n; i++) {
        secret.forms[0][i] = secret.forms[1][2 * i] = (uint8_t)text[i];
        secret.forms[1][2 * i + 1] = 0;
    }
}

bool secret_is_watched(void)
{
    return secret.lengths[0] > 0;
}

READS_ANY_MEMORY static bool begins_with(const uint8_t *bytes, size_t n, unsigned form)
{
    size_t i = 0, length = secret.lengths[form];
    if (length > n)
        return false;
    while (i < length && bytes[i] == secret.forms[form][i])
        i++;
    return i == length;
}

/* Whether any of the first bytes of a group begins a secret: of most memory that is all that is
   looked at. */
READS_ANY_MEMORY static bool has_first_byte(const uint8_t *group, size_t n)
{
    uint8_t first = secret.forms[0][0], found = 0;
    for (size_t i = 0; i < n; i++)
        found |= group[i] == first;
    return found;
}

READS_ANY_MEMORY bool secret_is_in(const void *block, size_t n)
{
    enum { GROUP = 256 };
    const uint8_t *bytes = block;
    if (!secret_is_watched())
        return false;
    for (size_t at = 0; at < n; at += GROUP) {
        size_t end = n - at < GROUP ? n : at + GROUP;
        if (!has_first_byte(bytes + at, end - at))
            continue;
        for (size_t i = at; i < end; i++)
            if (begins_with(bytes + i, n - i, 0) || begins_with(bytes + i, n - i, 1))
                return true;
    }
    return false;
}

void secret_check_released(const void *block, size_t n)
{
    if (secret_is_watched() && secret_is_in(block, n))
        ledger_violate(LEDGER_SECRET_RELEASED, LEDGER_MEMORY, (uint64_t)(uintptr_t)block);
}

/* Memory that is locked and left out of core dumps is where a password belongs. */
static void check_held(void)
{
    struct ledger_resource r;
    for (uint32_t cursor = 0; ledger_next_held(&cursor, &r);)
        if ((r.kind == LEDGER_MEMORY || (r.kind == LEDGER_MAPPING && r.guards != LEDGER_GUARDS)) &&
            secret_is_in((const void *)(uintptr_t)r.id, r.bytes))
            ledger_violate(LEDGER_SECRET_LEFT, r.kind, r.id);
}

static void check_static(const char *start, const char *end)
{
    if (start < end && secret_is_in(start, (size_t)(end - start)))
        ledger_violate(LEDGER_SECRET_LEFT, LEDGER_STATICS, 0);
}

void secret_check_memory(void)
{
    size_t used;
    if (!secret_is_watched())
        return;
    check_held();
    check_static(rundown_target_data_start, rundown_target_data_end);
    check_static(rundown_target_bss_start, rundown_target_bss_end);
    const void *stack = own_stack_used(&used);
    if (stack != NULL && secret_is_in(stack, used))
        ledger_violate(LEDGER_SECRET_LEFT, LEDGER_STACK, 0);
}

void secret_check_sent(const void *bytes, size_t n, bool to_server, bool local)
{
    if (secret_is_watched() && (!to_server || !local) && secret_is_in(bytes, n))
        ledger_violate(LEDGER_SECRET_SENT, LEDGER_SENT, 0);
}
