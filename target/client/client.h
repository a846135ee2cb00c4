/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the library can be asked about itself, and what unloading it does. Not exported: for static users and
 * tests.
 */
#ifndef CLIENT_CLIENT_H
#define CLIENT_CLIENT_H

#include <stdbool.h>
#include <stdint.h>

struct ntdsb_client_counts {
    uint32_t live_handles;
    uint32_t outstanding_buffers;
    bool identity_set;
};
void ntdsb_client_inspect(struct ntdsb_client_counts *out);

/* Ends what is left without telling any server, frees the outstanding buffers, wipes the identity and forgets all
   handles that were ever issued, as when the library is unloaded; it may be used again afterwards. No call may be
   under way. Also runs when the library is unloaded. */
void ntdsb_client_unload(void);

#endif
