/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The client library's internal view: counts the resources that it holds for its process, and
 * releases them. Not part of the API; these names are not exported.
 */
#ifndef CLIENT_CLIENT_H
#define CLIENT_CLIENT_H

#include <stdbool.h>
#include <stdint.h>

/* The endpoint of the server unless NTDSBCLI_ENDPOINT names another one. */
#define NTDSB_DEFAULT_ENDPOINT "ncalrpc:[/run/ntdsbsrvd/ncalrpc]"

struct ntdsb_client_counts {
    uint32_t live_handles;        /* prepared and not ended */
    uint32_t outstanding_buffers; /* handed out and not given to DsBackupFree */
    bool identity_set;            /* by DsSetAuthIdentity */
};
void ntdsb_client_inspect(struct ntdsb_client_counts *out);

struct ntdsb_counts_out;
/* Gets the counts of the resources that the server holds (its ntdsb_inspect
   interface). `server` as in DsIsNTDSOnlineA(). S_OK; the codes of connect_to_server()
   and of a call; ERROR_ACCESS_DENIED. */
int32_t ntdsb_client_inspect_server(const char *server, struct ntdsb_counts_out *out);

/* What unloading the library does (it is also its destructor): wipes the identity, closes the
   associations of all handles without telling the server, which runs their sessions down, frees the
   buffers. No other thread may be inside the library: objects in use are left alone. Afterwards the
   library is in its initial state. */
void ntdsb_client_unload(void);

#endif
