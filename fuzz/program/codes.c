/* SPDX-License-Identifier: Apache-2.0 */
#include "codes.h"

#include <windows.h>

#include <ntdsbcli.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CODE(name)                                                                                 \
    {                                                                                              \
#name, (int32_t)(name)                                                                     \
    }

static const struct {
    const char *name;
    int32_t value;
} codes[] = {
    CODE(S_OK),
    CODE(ERROR_FILE_NOT_FOUND),
    CODE(ERROR_PATH_NOT_FOUND),
    CODE(ERROR_ACCESS_DENIED),
    CODE(ERROR_INVALID_HANDLE),
    CODE(ERROR_NOT_ENOUGH_MEMORY),
    CODE(ERROR_OUTOFMEMORY),
    CODE(ERROR_HANDLE_EOF),
    CODE(ERROR_NOT_SUPPORTED),
    CODE(ERROR_INVALID_PARAMETER),
    CODE(ERROR_DISK_FULL),
    CODE(ERROR_NO_UNICODE_TRANSLATION),
    CODE(ERROR_NOT_ENOUGH_SERVER_MEMORY),
    CODE(RPC_S_INVALID_STRING_BINDING),
    CODE(RPC_S_INVALID_BINDING),
    CODE(RPC_S_UNKNOWN_IF),
    CODE(RPC_S_OUT_OF_RESOURCES),
    CODE(RPC_S_SERVER_UNAVAILABLE),
    CODE(RPC_S_SERVER_TOO_BUSY),
    CODE(RPC_S_NO_CALL_ACTIVE),
    CODE(RPC_S_CALL_FAILED),
    CODE(RPC_S_CALL_FAILED_DNE),
    CODE(RPC_S_PROTOCOL_ERROR),
    CODE(RPC_S_UNSUPPORTED_TRANS_SYN),
    CODE(RPC_S_UNSUPPORTED_TYPE),
    CODE(RPC_S_PROCNUM_OUT_OF_RANGE),
    CODE(RPC_S_UNKNOWN_AUTHN_SERVICE),
    CODE(RPC_X_SS_IN_NULL_CONTEXT),
    CODE(RPC_X_NULL_REF_POINTER),
    CODE(RPC_X_BAD_STUB_DATA),
    CODE(RPC_S_CALL_CANCELLED),
    CODE(RPC_S_COMM_FAILURE),
    {"E_INVALIDARG", (int32_t)0x80070057}, /* another way to say ERROR_INVALID_PARAMETER */
    CODE(hrNyi),
    CODE(hrInvalidParam),
    CODE(hrError),
    CODE(hrInvalidHandle),
    CODE(hrRestoreInProgress),
    CODE(hrAlreadyOpen),
    CODE(hrCouldNotConnect),
    CODE(hrRestoreMapExists),
    CODE(hrCommunicationError),
    CODE(hrMissingExpiryToken),
    CODE(hrUnknownExpiryTokenFormat),
    CODE(hrContentsExpired),
    CODE(hrLogFileCorrupt),
    CODE(hrBackupInProgress),
    CODE(hrNoBackup),
    CODE(hrInvalidBackupSequence),
    CODE(hrBackupNotAllowedYet),
    CODE(hrMissingLogFile),
    CODE(hrOutOfMemory),
    CODE(hrReadVerifyFailure),
    CODE(hrOutOfFileHandles),
    CODE(hrDiskIO),
    CODE(hrInvalidPath),
    CODE(hrFileAccessDenied),
    CODE(hrDiskFull),
    CODE(hrFileNotFound),
    CODE(hrInvalidOperation),
    CODE(hrAccessDenied),
};

enum { CODES = sizeof codes / sizeof *codes };

const char *code_name(int32_t code)
{
    for (size_t i = 0; i < CODES; i++)
        if (codes[i].value == code)
            return codes[i].name;
    return NULL;
}

const char *code_text(int32_t code)
{
    static char numbers[4][16];
    static unsigned next;
    const char *name = code_name(code);
    if (name != NULL)
        return name;
    char *number = numbers[next++ % 4];
    snprintf(number, sizeof numbers[0], "%" PRId32, code);
    return number;
}

bool code_is_of_runtime(int32_t code)
{
    const char *name = code_name(code);
    return name != NULL && strncmp(name, "RPC_", strlen("RPC_")) == 0;
}

bool code_value(const char *name, size_t length, int32_t *out)
{
    for (size_t i = 0; i < CODES; i++) {
        if (strlen(codes[i].name) == length && memcmp(codes[i].name, name, length) == 0) {
            *out = codes[i].value;
            return true;
        }
    }
    return false;
}

const char *code_misnamed(const char *text)
{
    static const char of_names[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_";
    for (const char *at = text; (at = strstr(at, " (")) != NULL; at += 2) {
        char *end;
        const char *name = at;
        while (name > text && strchr(of_names, name[-1]) != NULL)
            name--;
        const int32_t code = (int32_t)strtoul(at + 2, &end, 0);
        int32_t other;
        if (end == at + 2 || *end != ')' || end[-1] == 'x')
            continue;
        if (code_value(name, (size_t)(at - name), &other) ? other != code : code_name(code) != NULL)
            return name;
    }
    return NULL;
}
