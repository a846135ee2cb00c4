/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A program for suite/preload_saved: it crashes when memory is short (MENDED: it does not), and
 * leaves a block behind when it cannot open. MOVED: it makes another call before; NOTHING: none.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
static __attribute__((noinline)) void fill(char *text)
{
    strcpy(text, "text");
}
int main(void)
{
#ifdef NOTHING
    return 0;
#endif
    char byte, *text = malloc(16);
#ifdef MENDED
    if (text == NULL)
        return 1;
#endif
#ifdef MOVED
    free(malloc(8));
#endif
    fill(text);
    ssize_t n = read(STDIN_FILENO, &byte, 1);
    int fd = open("/dev/null", O_RDONLY);
    if (fd == -1 && n == 1)
        return 1;
    close(fd);
    free(text);
    return 0;
}
