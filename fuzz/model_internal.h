/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the files of the model share.
 */
#ifndef FUZZ_MODEL_INTERNAL_H
#define FUZZ_MODEL_INTERNAL_H

#include "model.h"

/* The files of the scene's stores, in its order. */
enum {
    FILE_DATABASE,
    FILE_PATCH,
    FILE_LOG_1,
    FILE_LOG_2,
    FILE_LOG_CURRENT, /* edb.log: listed and read, never deleted */
    FILE_CHECKPOINT,
    DATABASE_FILES = 1 << FILE_DATABASE | 1 << FILE_PATCH,
    LOG_FILES = 1 << FILE_LOG_1 | 1 << FILE_LOG_2 | 1 << FILE_LOG_CURRENT,
};

struct model_session *model_find(struct model_state *s, uint64_t handle);
enum api_shape model_shape(const struct model_view *v);
bool model_is_for_restore(enum api_shape shape);
uint64_t model_file_size(const struct model *m, int file);
/* Every listed file was read to its end, in the right order. */
bool model_may_truncate(const struct model_session *h);

#endif
