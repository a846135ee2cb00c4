/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an administrator has set, in the simulated world: Configure() of a program selects one of
 * TEXT_SETTINGS, and all else is as usual.
 */
#ifndef FUZZ_SETTINGS_H
#define FUZZ_SETTINGS_H

#include "target/server/ntdsb_server.h"

#include <stddef.h>

enum { SETTINGS_USUAL = 0 };

/* A new scene, in which the service has yet to start; `tcp`: what the usual endpoint is. */
void settings_reset(bool tcp);
/* Changes the client's environment at once, and lays out files that the service will find. */
void settings_select(size_t selector);
/* The deadline of what connects now, and the longest of any session that may be open, in ms. */
uint32_t settings_timeout_ms(void);
uint32_t settings_longest_timeout_ms(void);
/* Removes the service's key from the usual store, if that is what is set: the service makes another
   at its next start. True: it was there. */
bool settings_remove_key(void);
/* Removes the service's folder state/, if that is what is set and it holds nothing. */
void settings_remove_state(void);
/* How long a token is good that the service gives, as it was started last. */
uint32_t settings_token_days(void);
/* Changes what the service starts with, and the files that it finds, until settings_applied(). */
void settings_apply(struct ntdsb_server_config *config);
void settings_applied(void);

#endif
