/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Says which logs are missing, after a server has refused to list its logs because of a gap: its
 * answer names none.
 */
#ifndef MISSING_LOGS_H
#define MISSING_LOGS_H

/* Asks `server` for the folder of its logs, looks there, and prints the names that are missing. */
void missing_logs_tell(const char *server);

#endif
