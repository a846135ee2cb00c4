/* SPDX-License-Identifier: Apache-2.0 */
/*
 * DsRestoreCheckExpiryToken: checks a token as far as possible without a server.
 */
#include "../idl/token.h"

#include "../include/ntdsbcli.h"

#include <time.h>

HRESULT DsRestoreCheckExpiryToken(PVOID data, DWORD bytes)
{
    struct expiry_token token;
    struct timespec now;
    if (data == NULL)
        return ERROR_INVALID_PARAMETER;
    uint32_t code = expiry_token_parse(data, bytes, &token);
    if (code != 0)
        return (HRESULT)code;
    clock_gettime(CLOCK_REALTIME, &now);
    return (HRESULT)expiry_token_check_age(&token, now.tv_sec > 0 ? (uint64_t)now.tv_sec : 0);
}
