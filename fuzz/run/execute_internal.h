/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Shared by execute_backup.c and execute_restore.c, whose functions make one call each.
 */
#ifndef FUZZ_EXECUTE_INTERNAL_H
#define FUZZ_EXECUTE_INTERNAL_H

#include "execute.h"

enum {
    CANARY = 0x5a,
    CANARY_U32 = 0x5a5a5a5a,
    WIDE_MAX = 4096 + 256, /* longer than any text may be */
    READ_MAX = 1 << 20,    /* bytes; a read asks for at most that, so that its buffer is real */
};

/* Live memory that does not come from the API. */
extern uint8_t execute_foreign_memory[64];

typedef void call_shape(struct execution *, const struct call *, struct outcome *);
call_shape execute_is_online, execute_backup_prepare, execute_list, execute_open_file, execute_read,
    execute_close, execute_truncate, execute_end, execute_restore_prepare, execute_register,
    execute_complete, execute_set_log, execute_set_identity, execute_check_token, execute_free;
call_shape execute_client_exit, execute_server_stop, execute_server_kill, execute_power_fail,
    execute_server_start, execute_wait, execute_configure, execute_store_event, execute_set_clock,
    execute_fill_disk;

/* The selected text in both forms, ready to be passed. `arena`: below EXECUTE_ARENAS, the buffer
   for the wide one. What is given to the client so justifies memory as what the server sends
   does. */
struct text_argument {
    const char *a;
    const WCHAR *w;
};
enum { EXECUTE_ARENAS = 9 };
struct text_argument execute_text(const char *text, unsigned arena);
/* The wide form alone, to be looked at. */
const WCHAR *execute_widened(const char *text, unsigned arena);
bool execute_is_wide(const struct call *c);

void execute_assign_handle(struct execution *x, const struct call *c, HBC value, bool backup,
                           struct outcome *o);
void execute_assign_buffer(struct execution *x, const struct call *c, void *data, uint32_t bytes);
void execute_forget_handle(struct execution *x, HBC value);
/* The service has another key: no token that was made so far is one of its own. */
void execute_void_tokens(struct execution *x);

#endif
