/* SPDX-License-Identifier: Apache-2.0 */
#include "secret.h"

#include "any_memory.h"
#include "faults/fault/sanitizers.h"
#include "faults/seam/site_table.h"
#include "ledger.h"
#include "own_stack.h"
#include "world_internal.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { FORMS = 2 }; /* as it is, and as UTF-16 */

size_t secret_bytes;
static struct {
    size_t lengths[FORMS];
    uint8_t forms[FORMS][2 * SECRET_BYTES_MOST];
} secret;

void secret_reset(void)
{
    secret_bytes = 0;
}

void secret_watch(const char *text)
{
    size_t n = text != NULL ? strlen(text) : 0;
    if (n > SECRET_BYTES_MOST || (n > 0 && n < SECRET_BYTES_LEAST))
        abort();
    secret_bytes = secret.lengths[0] = n;
    secret.lengths[1] = 2 * n;
    for (size_t i = 0; i < n; i++) {
        secret.forms[0][i] = secret.forms[1][2 * i] = (uint8_t)text[i];
        secret.forms[1][2 * i + 1] = 0;
    }
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

/* The static data of a target is large and is searched after each call. pass_by() returns how many
   of the bytes come before the next one that may begin a secret. */
#if !RUNDOWN_ASAN && !RUNDOWN_MSAN && !RUNDOWN_TSAN

/* libc's search is made for the processor. A sanitizer's would ask whether the memory may be read.
 */
static size_t pass_by(const uint8_t *bytes, size_t n)
{
    const uint8_t *found = memchr(bytes, secret.forms[0][0], n);
    return found != NULL ? (size_t)(found - bytes) : n;
}

#else

/* By groups of vectors, of which almost all have no byte that begins a secret. */
enum { GROUP = 128 };
typedef uint8_t vector __attribute__((vector_size(16), aligned(1), may_alias));

READS_ANY_MEMORY static vector where(const uint8_t *bytes, uint8_t value)
{
    return (vector)(*(const vector *)bytes == (vector){0} + value);
}

READS_ANY_MEMORY static bool is_anywhere(vector places)
{
    typedef uint64_t halves __attribute__((vector_size(16)));
    halves any = (halves)places;
    return (any[0] | any[1]) != 0;
}

READS_ANY_MEMORY static size_t pass_by(const uint8_t *bytes, size_t n)
{
    size_t at = 0;
    for (bool found = false; n - at >= GROUP && !found;) {
        vector places = {0};
        for (size_t i = 0; i < GROUP; i += sizeof places)
            places |= where(bytes + at + i, secret.forms[0][0]);
        found = is_anywhere(places);
        at += found ? 0 : GROUP;
    }
    while (at < n && bytes[at] != secret.forms[0][0])
        at++;
    return at;
}

#endif

READS_ANY_MEMORY bool secret_is_in(const void *block, size_t n)
{
    const uint8_t *bytes = block;
    if (!secret_is_watched() || n < secret.lengths[0])
        return false;
    size_t places = n - secret.lengths[0] + 1; /* where it may begin */
    for (size_t at = 0; at < places; at++) {
        at += pass_by(bytes + at, places - at);
        if (at < places &&
            (begins_with(bytes + at, n - at, 0) || begins_with(bytes + at, n - at, 1)))
            return true;
    }
    return false;
}

void secret_search_released(const void *block, size_t n)
{
    if (secret_is_in(block, n))
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
