/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The client library seen from inside: what it holds for its process, and how it gives that back.
 * Not part of the API; these names are not exported.
 */
#ifndef CLIENT_CLIENT_H
#define CLIENT_CLIENT_H

#include <stdbool.h>
#include <stdint.h>

/* Where the server is looked for unless NTDSBCLI_ENDPOINT says another place. */
#define NTDSB_DEFAULT_ENDPOINT "ncalrpc:[/run/ntdsbsrvd/ncalrpc]"

struct ntdsb_client_counts {
    uint32_t live_handles;        /* prepared and not ended */
    uint32_t outstanding_buffers; /* handed out and not given to DsBackupFree */
    bool identity_set;            /* by DsSetAuthIdentity */
};
void ntdsb_client_inspect(struct ntdsb_client_counts *out);

struct ntdsb_counts_out;
/* What the server holds (its ntdsb_inspect interface). `server` as in DsIsNTDSOnlineA(). S_OK; the
   codes of connect_to_server() and of a call; ERROR_ACCESS_DENIED. */
int32_t ntdsb_client_inspect_server(const char *server, struct ntdsb_counts_out *out);

/* What unloading the library does (it is also its destructor): wipes the identity, closes the
   associations of all handles without a word to the server, which runs their sessions down, frees
   the buffers. No other thread may be inside the library: what is in use is left alone. Afterwards
   the library is as new. */
void ntdsb_client_unload(void);

#endif
