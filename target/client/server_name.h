/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Checks server names: "\\server" or "server", which must be the machine that calls. AD:
 * DsIsNTDSOnline and the other functions that take one; details that they leave open are ours.
 */
#ifndef CLIENT_SERVER_NAME_H
#define CLIENT_SERVER_NAME_H

#include "text.h"

enum { SERVER_NAME_MAX = 255 }; /* characters without the leading backslashes */

/* Whether the name (not NULL) is this machine's: ".", "localhost", the host's own name, or a name
   that resolves to loopback addresses only. S_OK; hrCouldNotConnect (empty, malformed, too long,
   with a character other than letters, digits, '-' and '.', unknown); RPC_S_INVALID_BINDING
   (another machine); ERROR_NOT_ENOUGH_MEMORY, RPC_S_OUT_OF_RESOURCES (of the resolver). */
HRESULT server_name_check(struct text_argument name);

#endif
