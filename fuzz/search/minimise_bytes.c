/* SPDX-License-Identifier: Apache-2.0 */
#include "minimise_bytes.h"

#include "minimise.h"

#include <stdlib.h>
#include <string.h>

struct minimising {
    const struct minimise_input *input;
    uint8_t *bytes; /* the smallest so far */
    size_t n;
    uint8_t *trial;
    struct minimise_limit limit;
};

static bool is_over(const struct minimising *m)
{
    return minimise_is_over(&m->limit);
}

/* Keeps m->trial if it shows the same. */
static bool keep(struct minimising *m, size_t n)
{
    if (is_over(m) || !m->input->shows(m->trial, n, m->input->context))
        return false;
    memcpy(m->bytes, m->trial, n);
    m->n = n;
    return true;
}

static void leave_out(struct minimising *m, size_t at, size_t n)
{
    memcpy(m->trial, m->bytes, at);
    memcpy(m->trial + at, m->bytes + at + n, m->n - at - n);
}

/* Where each instruction begins, and the end; to be freed. */
static size_t *find_parts(const struct minimising *m, size_t *out_count)
{
    size_t *starts = calloc(m->n + 2, sizeof *starts), count = 0;
    if (starts == NULL)
        abort();
    for (size_t at = m->input->head; at < m->n; count++) {
        size_t size = m->input->take(m->bytes + at, m->n - at).size;
        starts[count] = at;
        at += size > 0 && size < m->n - at ? size : m->n - at;
    }
    starts[count] = m->n;
    *out_count = count;
    return starts;
}

/* Ranges of instructions, the largest first, from the end: no other depends on the last ones. */
static bool drop_parts(struct minimising *m)
{
    size_t count;
    bool any = false;
    size_t *starts = find_parts(m, &count);
    for (size_t many = count / 2 + 1; many > 0 && !is_over(m); many /= 2) {
        for (size_t end = count; end >= many && end > 0; end--) {
            size_t at = starts[end - many], n = starts[end] - at;
            leave_out(m, at, n);
            if (!keep(m, m->n - n))
                continue;
            any = true;
            free(starts);
            starts = find_parts(m, &count);
            end = end - many + 1;
            if (end > count)
                end = count + 1;
        }
    }
    free(starts);
    return any;
}

/* Bytes out of one instruction, whose length is corrected. */
static bool drop_from(struct minimising *m, size_t start, size_t at, size_t n)
{
    struct minimise_part part = m->input->take(m->bytes + start, m->n - start);
    leave_out(m, at, n);
    if (part.length_bytes > 0 && at >= start + part.length_at + 2) {
        uint8_t *length = m->trial + start + part.length_at;
        size_t less = ((size_t)length[0] | (size_t)length[1] << 8) - n;
        length[0] = (uint8_t)less;
        length[1] = (uint8_t)(less >> 8);
    }
    return keep(m, m->n - n);
}

static bool drop_bytes(struct minimising *m)
{
    size_t count;
    bool any = false;
    size_t *starts = find_parts(m, &count);
    for (size_t i = count; i-- > 0;) {
        size_t start = starts[i], end = starts[i + 1];
        for (size_t n = (end - start) / 2; n > 0 && !is_over(m); n /= 2) {
            for (size_t at = end; at >= start + n && at - n >= start;) {
                if (drop_from(m, start, at - n, n)) {
                    any = true;
                    end -= n;
                }
                at -= n;
            }
        }
    }
    free(starts);
    return any;
}

/* Four, two, one bytes become 0. */
static bool plain_fields(struct minimising *m)
{
    static const uint8_t zeros[4];
    bool any = false;
    for (size_t width = 4; width > 0; width /= 2) {
        for (size_t at = m->input->head; at + width <= m->n && !is_over(m); at += width) {
            if (memcmp(m->bytes + at, zeros, width) == 0)
                continue;
            memcpy(m->trial, m->bytes, m->n);
            memset(m->trial + at, 0, width);
            any |= keep(m, m->n);
        }
    }
    return any;
}

size_t minimise_bytes(const struct minimise_input *input, uint8_t *bytes, size_t n)
{
    struct minimising m = {input, bytes, n, malloc(n + 1), {0}};
    minimise_begin(&m.limit);
    if (m.trial == NULL)
        abort();
    for (bool smaller = n > 0; smaller && !is_over(&m);) {
        smaller = drop_parts(&m);
        smaller |= drop_bytes(&m);
        smaller |= plain_fields(&m);
    }
    free(m.trial);
    return m.n;
}
