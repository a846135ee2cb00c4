/* SPDX-License-Identifier: Apache-2.0 */
#include "bytes.h"

#include <stdlib.h>
#include <string.h>

void bytes_append(struct bytes *b, const uint8_t *bytes, size_t n)
{
    if (n > b->capacity - b->length) {
        b->capacity = (b->length + n) * 2;
        b->bytes = realloc(b->bytes, b->capacity);
        if (b->bytes == NULL)
            abort();
    }
    if (n > 0)
        memcpy(b->bytes + b->length, bytes, n);
    b->length += n;
}
