/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the files of the other implementation share.
 */
#ifndef OTHER_H
#define OTHER_H

#include <rundown/target.h>

#ifndef OTHER_SOCKET
#define OTHER_SOCKET "/run/other-backup"
#endif

/* What the client holds. */
void other_counts(struct rundown_client_counts *out);

#endif
