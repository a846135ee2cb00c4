/* SPDX-License-Identifier: Apache-2.0 */
#include <rundown/scenario.h>

#include <string.h>
#include <zlib.h>

static const Bytef text[] = "what is repeated is repeated is repeated is repeated";

RUNDOWN_SCENARIO(deflates_and_inflates, "what was deflated is inflated again")
{
    Bytef packed[256], back[sizeof text];
    z_stream d = {.next_in = (Bytef *)text,
                  .avail_in = sizeof text,
                  .next_out = packed,
                  .avail_out = sizeof packed};
    if (deflateInit(&d, Z_DEFAULT_COMPRESSION) != Z_OK)
        return RUNDOWN_HANDLED;
    int end = deflate(&d, Z_FINISH);
    uLong bytes = d.total_out;
    RUNDOWN_CLAIM(deflateEnd(&d) == Z_OK && end == Z_STREAM_END);
    z_stream i = {
        .next_in = packed, .avail_in = (uInt)bytes, .next_out = back, .avail_out = sizeof back};
    if (inflateInit(&i) != Z_OK)
        return RUNDOWN_HANDLED;
    end = inflate(&i, Z_FINISH);
    inflateEnd(&i);
    if (end == Z_MEM_ERROR)
        return RUNDOWN_HANDLED;
    RUNDOWN_CLAIM(end == Z_STREAM_END && memcmp(back, text, sizeof text) == 0);
    return RUNDOWN_SUCCESS;
}

RUNDOWN_SCENARIO(writes_and_reads_a_file, "a compressed file holds what was written")
{
    char back[sizeof text];
    gzFile file = gzopen("/text.gz", "wb");
    if (file == NULL)
        return RUNDOWN_HANDLED;
    int written = gzwrite(file, text, sizeof text);
    if (gzclose(file) != Z_OK || written != sizeof text)
        return RUNDOWN_HANDLED;
    file = gzopen("/text.gz", "rb");
    if (file == NULL)
        return RUNDOWN_HANDLED;
    int bytes = gzread(file, back, sizeof back), error;
    gzerror(file, &error);
    int closed = gzclose(file);
    /* An empty file is an empty text. */
    if (bytes != sizeof back || error != Z_OK || closed != Z_OK)
        return RUNDOWN_HANDLED;
    RUNDOWN_CLAIM(memcmp(back, text, sizeof text) == 0);
    return RUNDOWN_SUCCESS;
}
