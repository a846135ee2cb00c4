/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads the files in which the service keeps its durable state, by their documented form
 * (target/server/state_file.h: "NTDSBST1", u32 payload bytes, payload, SHA-256), without any of the
 * service's own code. Files of another form, of another implementation, are ignored.
 */
#ifndef FUZZ_STATE_FILES_H
#define FUZZ_STATE_FILES_H

#include "scene.h"

#include <uchar.h>

#define STATE_FILES_KEY     SCENE_STORE "/server.key"
#define STATE_FILES_FOLDER  SCENE_STORE "/state"
#define STATE_FILES_CURRENT STATE_FILES_FOLDER "/backup.state"
#define STATE_FILES_RESTORE STATE_FILES_FOLDER "/restore.state"

/* The key that the service of the first scene made: later scenes start with it, which is faster
   than making another. Keep reads it, false: there is none. Put writes it, false: none was kept. */
bool state_files_keep_key(void);
bool state_files_have_key(void);
bool state_files_put_key(void);
/* A number that tells the service's keys apart, by the file as it is; 0: there is none. */
uint32_t state_files_key(void);

/* Makes a file of that payload in `out`, which has room for 44 bytes more. Returns its size. */
size_t state_files_make(const void *bytes, size_t n, uint8_t *out);

/* A token of the scene's server, made at `now` (seconds since 1970) and signed with its key: how a
   program gets one in restore mode. The layout is that of target/idl/token.h. Returns its size in
   bytes; 0: no key in our form was kept. */
enum { SCENE_TOKEN_BYTES = 72, SCENE_TOKEN_MOST = 4096 };
uint32_t scene_make_token(int64_t now, uint8_t out[SCENE_TOKEN_MOST]);
/* Another implementation's way to make one. */
typedef uint32_t scene_token_maker(int64_t made, void *out);
void scene_set_token_maker(scene_token_maker *maker);

/* The number that DsSetCurrentBackupLog() set last; -1: none. */
int64_t scene_current_log(void);
/* Whether the registered restore holds these texts in this order and ends with both numbers. True
   for a file that is missing or of another form. */
bool scene_registration_holds(const char16_t *const *texts, unsigned count, uint32_t low,
                              uint32_t high);

#endif
