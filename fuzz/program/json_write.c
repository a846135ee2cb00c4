/* SPDX-License-Identifier: Apache-2.0 */
#include "json_write.h"

#include "faults/fault/sanitizers.h"
#include "output.h"

#include <stdlib.h>

#if RUNDOWN_MSAN
#include <sanitizer/msan_interface.h>
/* jansson is not instrumented: what it has written counts as not written. */
#define IS_WRITTEN(bytes, n) __msan_unpoison(bytes, n)
#else
#define IS_WRITTEN(bytes, n) (void)(bytes), (void)(n)
#endif

static int put(const char *bytes, size_t n, void *out)
{
    IS_WRITTEN(bytes, n);
    return fwrite(bytes, 1, n, out) == n ? 0 : -1;
}

bool json_write(const json_t *value, FILE *out)
{
    return json_dump_callback(value, put, out, JSON_INDENT(2)) == 0 && fputc('\n', out) != EOF;
}

bool json_save(const json_t *value, const char *path, const char **why)
{
    char *text;
    size_t n;
    FILE *out = open_memstream(&text, &n);
    if (out == NULL)
        abort();
    bool good = json_write(value, out);
    good &= fclose(out) == 0;
    *why = "it cannot be put into words";
    good = good && output_rewrite(path, text, n, why);
    free(text);
    return good;
}
