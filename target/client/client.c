/* SPDX-License-Identifier: Apache-2.0 */
#include "client.h"

#include "buffers.h"
#include "context.h"
#include "identity.h"

void ntdsb_client_inspect(struct ntdsb_client_counts *out)
{
    *out = (struct ntdsb_client_counts){context_live_handles(), buffers_outstanding(),
                                        identity_is_set()};
}

void ntdsb_client_unload(void)
{
    identity_unload();
    context_unload();
    buffers_unload();
}

__attribute__((destructor)) static void unload(void)
{
    ntdsb_client_unload();
}
