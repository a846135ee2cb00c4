/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The codes that a client may be given when the world around it breaks, by name. Included after
 * ntdsbcli.h.
 */
#ifndef STRESS_CODES_H
#define STRESS_CODES_H

#include <stddef.h>

/* NULL: not documented for what the stress programs do. */
static inline const char *stress_code_name(HRESULT code)
{
#define CODE(name)                                                                                 \
    {                                                                                              \
        (HRESULT)(name), #name                                                                     \
    }
    static const struct {
        HRESULT value;
        const char *name;
    } codes[] = {
        CODE(S_OK),
        CODE(ERROR_ACCESS_DENIED),
        CODE(ERROR_NOT_ENOUGH_MEMORY),
        CODE(ERROR_NOT_ENOUGH_SERVER_MEMORY),
        CODE(RPC_S_OUT_OF_RESOURCES),
        CODE(RPC_S_SERVER_UNAVAILABLE),
        CODE(RPC_S_SERVER_TOO_BUSY),
        CODE(RPC_S_CALL_FAILED),
        CODE(RPC_S_CALL_FAILED_DNE),
        CODE(hrCouldNotConnect),
        CODE(hrBackupInProgress),
        CODE(hrInvalidBackupSequence),
        CODE(hrReadVerifyFailure),
        CODE(hrOutOfFileHandles),
        CODE(hrDiskFull),
        CODE(hrFileAccessDenied),
        CODE(hrFileNotFound),
    };
#undef CODE
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
        if (codes[i].value == code)
            return codes[i].name;
    return NULL;
}

#endif
