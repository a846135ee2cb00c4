/* SPDX-License-Identifier: Apache-2.0 */
#include "standard_error.h"

#include "test.h"

#include <stdio.h>
#include <unistd.h>

const char *standard_error_of(void (*speak)(const void *what), const void *what)
{
    static char said[4096];
    FILE *file = tmpfile();
    int before = dup(STDERR_FILENO);
    assert_non_null(file);
    assert_true(before >= 0 && dup2(fileno(file), STDERR_FILENO) >= 0);
    speak(what);
    assert_true(dup2(before, STDERR_FILENO) >= 0);
    close(before);
    rewind(file);
    said[fread(said, 1, sizeof said - 1, file)] = '\0';
    fclose(file);
    return said;
}
