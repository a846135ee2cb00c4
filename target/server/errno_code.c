/* SPDX-License-Identifier: Apache-2.0 */
#include "errno_code.h"

#include <windows.h>

#include <ntdsbmsg.h>

#include <errno.h>
#include <stddef.h>

static const struct {
    int error;
    HRESULT code;
} codes[] = {
    {ENOMEM, ERROR_NOT_ENOUGH_SERVER_MEMORY},
    {EMFILE, hrOutOfFileHandles},
    {ENFILE, hrOutOfFileHandles},
    {EACCES, hrFileAccessDenied},
    {EPERM, hrFileAccessDenied},
    {EROFS, hrFileAccessDenied},
    {ENOSPC, hrDiskFull},
    {EDQUOT, hrDiskFull},
    {EFBIG, hrDiskFull}, /* RLIMIT_FSIZE */
    {ENOENT, hrFileNotFound},
    {ELOOP, hrFileNotFound}, /* a symbolic link where a file should be */
    {ENOTDIR, hrInvalidPath},
    {ENAMETOOLONG, hrInvalidPath},
};

uint32_t errno_code(int error)
{
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
        if (codes[i].error == error)
            return (uint32_t)codes[i].code;
    return (uint32_t)hrDiskIO;
}
