/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The world around the target: libc as the target sees it.
 *
 * The target is linked with `ld -r --wrap=NAME` for every name in wrapped.txt: its call to malloc()
 * arrives at __wrap_malloc() here. The wrap is applied in a partial link of the target alone, so
 * the harness, the fuzzing engine, cmocka and this library keep the real libc, and their memory and
 * descriptors are exempt from all accounting by construction. (Wrapping the whole link would catch
 * the engine's own malloc too, and every test would have to say which calls are meant.)
 *
 * Each of these calls
 *   - is at a fault point (fault.h), where it can be made to fail,
 *   - is answered from a simulated world in memory, or passed on to the kernel,
 *   - enters what it acquires and releases into the ledger (ledger.h).
 *
 *     world_reset();
 *     net_listen_local("/run/socket", &service);
 *     fault_arm(&(struct fault){.class = FAULT_NET_SEND, .nth = 2, .kind = 0});
 *     ... call the target ...
 *     if (ledger_summary().outstanding[WORLD_CLIENT] != 0) ...
 */
#ifndef FAULTS_WORLD_H
#define FAULTS_WORLD_H

#include "faults/fault/moment.h"

#include <stdbool.h>
#include <stdint.h>

enum world_part {
    WORLD_MEMORY,
    WORLD_NET,
    WORLD_FILE,
    WORLD_CLOCK,
    WORLD_NAMES,
    WORLD_RANDOM,
    WORLD_CRYPT,
    WORLD_PROCESS, /* its streams, signals and identity */
    WORLD_PARTS
};
enum world_mode { WORLD_SIMULATED, WORLD_PASS_THROUGH };

/* An empty world: no files, services, descriptors or variables; the clock at its start; the ledger
   empty; no fault armed; every part simulated. Cheap: only what was used is undone. Everything that
   the target still holds is forgotten, and must not be used any more. */
void world_reset(void);

/* Memory has no simulation: either way the bytes come from the real allocator, so that sanitizers
   see them. */
void world_set_mode(enum world_part part, enum world_mode mode);
/* What these were set to, here and below, is read without a call: each function of the world does.
 */
extern enum world_mode world_modes[WORLD_PARTS];
static inline enum world_mode world_mode(enum world_part part)
{
    return world_modes[part];
}

/* Sets the byte that fresh memory is filled with from now on; WORLD_NO_FILL (the default):
   memory is as the allocator returns it. Two runs with different bytes show whether the target
   depends on them. */
enum { WORLD_NO_FILL = -1 };
void world_set_fill(int byte);
extern int world_fill_byte;
static inline int world_fill(void)
{
    return world_fill_byte;
}

/* The client's process has no standard input: what it opens has the number 0 whenever that is free,
   as the lowest number that is. Not after a reset. */
void world_close_standard_input(bool closed);

/* Sets a variable for secure_getenv(); both strings are borrowed. At most 8. */
void world_set_variable(const char *name, const char *value);

/* The first sets the answer of gethostname(), "localhost" after a reset. The second adds a name
   that getaddrinfo() knows, in upper or lower case, with its numeric addresses, a blank between two
   of them; there are none after a reset, at most 16. Borrowed. */
void world_set_host_name(const char *name);
void world_add_host(const char *name, const char *addresses);

/* Random bytes are the same stream after each reset; from now on they are another one, as if bytes
   had been drawn. */
void world_skip_random(void);

/* The hash that crypt_r() returns for a phrase: a cheap toy, "$sim$" and 16 hexadecimal digits,
   because real hashes are slow on purpose. Valid until the next call. */
const char *world_hash(const char *phrase);

#endif
