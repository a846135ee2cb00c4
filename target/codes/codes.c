/* SPDX-License-Identifier: Apache-2.0 */
#include "codes.h"

#include <ntdsbcli.h>

#include <stdio.h>

static const struct code_text texts[] = {
#define CODE(name, meaning)                                                                        \
    {                                                                                              \
        (HRESULT)(name), #name, meaning                                                            \
    }
    CODE(ERROR_ACCESS_DENIED, "access denied: run as root, as a member of the server's group, or "
                              "give --user and --password-file"),
    CODE(ERROR_INVALID_HANDLE, "the server does not know the session any more"),
    CODE(ERROR_NOT_ENOUGH_MEMORY, "out of memory"),
    CODE(ERROR_OUTOFMEMORY, "out of memory"),
    CODE(ERROR_HANDLE_EOF, "end of file"),
    CODE(ERROR_INVALID_PARAMETER, "an argument is refused"),
    CODE(ERROR_NO_UNICODE_TRANSLATION, "not UTF-8"),
    CODE(ERROR_NOT_ENOUGH_SERVER_MEMORY, "the server is out of memory"),
    CODE(RPC_S_INVALID_STRING_BINDING, "NTDSBCLI_ENDPOINT is malformed"),
    CODE(RPC_S_INVALID_BINDING, "that is another machine; the server must be this one"),
    CODE(RPC_S_PROTSEQ_NOT_SUPPORTED, "NTDSBCLI_ENDPOINT must be ncalrpc or ncacn_ip_tcp"),
    CODE(RPC_S_INVALID_ENDPOINT_FORMAT, "NTDSBCLI_ENDPOINT is malformed"),
    CODE(RPC_S_INVALID_NET_ADDR, "NTDSBCLI_ENDPOINT is malformed"),
    CODE(RPC_S_UNKNOWN_IF, "what listens there is not the directory backup service"),
    CODE(RPC_S_OUT_OF_RESOURCES, "no descriptor or other resource is left"),
    CODE(RPC_S_SERVER_UNAVAILABLE, "nothing listens there"),
    CODE(RPC_S_SERVER_TOO_BUSY, "the server has too much to do"),
    CODE(RPC_S_CALL_FAILED, "the connection broke during the call"),
    CODE(RPC_S_CALL_FAILED_DNE, "the connection is lost"),
    CODE(RPC_S_PROTOCOL_ERROR, "the server does not keep to the protocol"),
    CODE(RPC_S_UNSUPPORTED_TRANS_SYN, "the server does not speak NDR"),
    CODE(RPC_S_PROCNUM_OUT_OF_RANGE, "the server does not know the operation"),
    CODE(RPC_S_UNSUPPORTED_TYPE, "the server does not take what it was sent"),
    CODE(RPC_S_UNKNOWN_AUTHN_SERVICE, "an account can be given over ncalrpc only"),
    CODE(RPC_S_CALL_CANCELLED, "cancelled"),
    CODE(RPC_S_COMM_FAILURE, "the connection broke"),
    CODE(RPC_X_SS_IN_NULL_CONTEXT, "the server does not know the session"),
    CODE(RPC_X_BAD_STUB_DATA, "the answer makes no sense"),
    CODE(hrNyi, "not implemented"),
    CODE(hrInvalidParam, "an argument is refused"),
    CODE(hrError, "internal error"),
    CODE(hrInvalidHandle, "no file is open"),
    CODE(hrRestoreInProgress, "another restore is under way"),
    CODE(hrAlreadyOpen, "a file is open"),
    CODE(hrCouldNotConnect, "no server answers, or the directory is offline"),
    CODE(hrMissingExpiryToken, "the expiry token is missing"),
    CODE(hrUnknownExpiryTokenFormat, "the expiry token is not of this server"),
    CODE(hrContentsExpired, "the backup is older than the tombstone lifetime"),
    CODE(hrBackupInProgress, "the server has as many sessions as it allows"),
    CODE(hrNoBackup, "no backup is under way"),
    CODE(hrInvalidBackupSequence, "the call is out of sequence"),
    CODE(hrMissingLogFile, "a log is missing on the server"),
    CODE(hrLogFileCorrupt, "a file of the server is damaged"),
    CODE(hrReadVerifyFailure, "the file has shrunk or cannot be read as it should"),
    CODE(hrOutOfFileHandles, "the server has no descriptor left"),
    CODE(hrDiskIO, "input/output error on the server"),
    CODE(hrDiskFull, "the server's disk is full"),
    CODE(hrFileAccessDenied, "the server may not access the file"),
    CODE(hrFileNotFound, "there is no such file, or it is not listed"),
    CODE(hrInvalidPath, "the server cannot use the path"),
    CODE(hrInvalidOperation, "the directory is online"),
#undef CODE
};

const struct code_text *code_find(int32_t code)
{
    static const struct code_text unknown = {0, "unknown code", "see ntdsbmsg.h and winerror.h"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (texts[i].value == code)
            return &texts[i];
    return &unknown;
}

void code_print(int32_t code, char text[CODE_TEXT])
{
    int n = snprintf(text, CODE_TEXT, "%s ", code_find(code)->name);
    snprintf(text + n, CODE_TEXT - (size_t)n, code < 0 ? "(0x%08X)" : "(%u)", (unsigned)code);
}
