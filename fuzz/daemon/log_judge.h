/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whether the log says what it must (contract: daemon.log): of each session that began, ended or
 * was run down a line, each of them with its peer's name.
 */
#ifndef FUZZ_DAEMON_LOG_JUDGE_H
#define FUZZ_DAEMON_LOG_JUDGE_H

#include "target/server/ntdsb_server.h"

/* In place of the daemon's observer, which it calls: counts what is to be logged. */
struct ntdsb_server_observer log_judge_observer(struct ntdsb_server_observer of_the_daemon);
/* All connections have ended, and no fault has fired. `log`: everything that was logged, at the
   usual level or a lower one. NULL: it is right; otherwise what is wrong. */
const char *log_judge_wrong(const char *log);

#endif
