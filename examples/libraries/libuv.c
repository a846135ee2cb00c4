/* SPDX-License-Identifier: Apache-2.0 */
#include <rundown/scenario.h>

#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <uv.h>

/* What a call without a callback returned; the request is cleaned up. */
static ssize_t done(uv_fs_t *request)
{
    ssize_t result = request->result;
    uv_fs_req_cleanup(request);
    return result;
}

static bool write_file(const char *path, const char *text)
{
    uv_fs_t r;
    uv_buf_t bytes = uv_buf_init((char *)text, (unsigned)strlen(text));
    uv_fs_open(NULL, &r, path, O_WRONLY | O_CREAT | O_TRUNC, 0600, NULL);
    int fd = (int)done(&r);
    if (fd < 0)
        return false;
    uv_fs_write(NULL, &r, fd, &bytes, 1, -1, NULL);
    bool written = done(&r) == (ssize_t)bytes.len;
    uv_fs_fsync(NULL, &r, fd, NULL);
    written = done(&r) == 0 && written;
    uv_fs_close(NULL, &r, fd, NULL);
    return done(&r) == 0 && written;
}

RUNDOWN_SCENARIO(replaces_a_file, "a file that replaces another one has what was written")
{
    uv_fs_t r;
    char text[16] = "";
    uv_buf_t room = uv_buf_init(text, sizeof text - 1);
    uv_fs_mkdir(NULL, &r, "/folder", 0700, NULL);
    ssize_t made = done(&r);
    if ((made != 0 && made != UV_EEXIST) || !write_file("/folder/new", "content"))
        return RUNDOWN_HANDLED;
    uv_fs_rename(NULL, &r, "/folder/new", "/folder/file", NULL);
    if (done(&r) != 0)
        return RUNDOWN_HANDLED;
    uv_fs_open(NULL, &r, "/folder/file", O_RDONLY, 0, NULL);
    int fd = (int)done(&r);
    if (fd < 0)
        return RUNDOWN_HANDLED;
    uv_fs_read(NULL, &r, fd, &room, 1, -1, NULL);
    ssize_t bytes = done(&r);
    uv_fs_close(NULL, &r, fd, NULL);
    if (done(&r) != 0 || bytes != 7)
        return RUNDOWN_HANDLED;
    RUNDOWN_CLAIM(strcmp(text, "content") == 0);
    return RUNDOWN_SUCCESS;
}
