/* SPDX-License-Identifier: Apache-2.0 */
#include "messages.h"

#include "../client/client.h"
#include "../codes/codes.h"

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void message(const char *format, ...)
{
    va_list arguments;
    fputs("dsbackup: ", stderr);
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
}

static bool answers(const char *server, BOOL *online)
{
    HRESULT code = DsIsNTDSOnlineA(server, online);
    return code == S_OK || code == ERROR_ACCESS_DENIED;
}

/* hrCouldNotConnect is returned in three situations; more calls distinguish them. `server`: the
   server that was asked. */
static const char *explain_connection(const char *call, const char *server)
{
    BOOL online = TRUE;
    if (strcmp(call, "DsBackupPrepare") == 0 && answers(server, &online) && !online)
        return "the directory is offline; a backup needs it online";
    if (strcmp(server, ".") != 0 && answers(".", &online))
        return "--server does not name this machine";
    return "no server answers";
}

void message_call(const char *call, HRESULT code, const char *subject)
{
    char text[CODE_TEXT];
    const char *meaning = code_find(code)->meaning, *open = "", *endpoint = "", *close = "";
    const char *set = secure_getenv("NTDSBCLI_ENDPOINT");
    code_print(code, text);
    if (code == hrCouldNotConnect && subject != NULL)
        meaning = explain_connection(call, subject);
    if (code == hrCouldNotConnect || code == ERROR_ACCESS_DENIED) {
        open = " (endpoint ";
        close = ")";
        endpoint = set != NULL ? set : NTDSB_DEFAULT_ENDPOINT;
    }
    message("%s%s%s%s: %s: %s%s%s%s", call, subject != NULL ? " (" : "",
            subject != NULL ? subject : "", subject != NULL ? ")" : "", text, meaning, open,
            endpoint, close);
}

void message_errno(const char *path, const char *what)
{
    message("%s: %s: %s", path, what, strerror(errno));
}
