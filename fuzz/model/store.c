/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The store that the model expects: which file has which name, and what became of files since.
 */
#include "model_internal.h"

_Static_assert((int)MODEL_FILES == (int)FILE_CHECKPOINT, "the checkpoint is not modelled");

void model_store_reset(struct model_state *s)
{
    s->files = (DATABASE_FILES | LOG_FILES) & ~(1 << FILE_LOG_3);
    s->further = 0;
    for (unsigned i = 0; scene_further_patches()[i] != NULL; i++)
        s->further |= UINT64_C(1) << i;
    s->identities = SCENE_FILES;
    for (unsigned f = 0; f < MODEL_FILES; f++) {
        s->store[f].size = scene_size_of((enum scene_file)f);
        s->store[f].identity = f;
        s->store[f].place = PLACE_FILE;
        s->store[f].denied = false;
        s->store[f].unused = 0;
    }
}

static bool is_file(const struct model_state *s, int file)
{
    return (s->files & 1 << file) && s->store[file].place == PLACE_FILE;
}

void model_store_take(struct model_state *s, const struct model_seen *seen)
{
    s->files = seen->files;
    s->further = seen->further;
    s->doubtful_logs &= (uint8_t)~s->files;
}

uint8_t model_store_list(const struct model_state *s, uint8_t mask,
                         uint16_t identities[MODEL_FILES])
{
    uint8_t listed = 0;
    for (int f = 0; f < MODEL_FILES; f++) {
        if (!(mask & 1 << f) || !is_file(s, f))
            continue;
        listed |= (uint8_t)(1 << f);
        identities[f] = (uint16_t)s->store[f].identity;
    }
    return listed;
}

bool model_store_is_listed(const struct model_state *s, const struct model_session *h, int file)
{
    return is_file(s, file) && s->store[file].identity == h->identities[file];
}

/* Events ------------------------------------------------------------------------------------- */

/* Under every name that it has, and where it is open. */
static void resize(struct model_state *s, uint32_t identity, uint64_t size)
{
    for (unsigned f = 0; f < MODEL_FILES; f++)
        if (s->store[f].place == PLACE_FILE && s->store[f].identity == identity)
            s->store[f].size = size;
    for (unsigned i = 0; i < s->session_count; i++)
        if (s->sessions[i].open >= 0 && s->sessions[i].open_identity == identity)
            s->sessions[i].open_holds = size;
}

static void deny(struct model_state *s, uint32_t identity, bool denied)
{
    for (unsigned f = 0; f < MODEL_FILES; f++)
        if (s->store[f].place == PLACE_FILE && s->store[f].identity == identity)
            s->store[f].denied = denied;
}

/* Whatever had the name has it no longer. Such a change is durable. */
static void place(struct model_state *s, int file, enum scene_place what, uint32_t identity)
{
    s->files |= (uint8_t)(1 << file);
    s->doubtful_logs &= (uint8_t) ~(1 << file);
    s->store[file].place = (uint16_t)what;
    s->store[file].identity = identity;
    s->store[file].size = what == PLACE_FILE ? SCENE_OTHER_BYTES : 0;
    s->store[file].denied = false;
}

void model_store_lose(struct model_state *s, uint8_t mask, const struct model_seen *seen)
{
    s->files &= (uint8_t)(~mask | seen->files);
    if (mask & 1 << FILE_PATCH)
        s->further &= seen->further;
}

static void rotate(struct model_state *s)
{
    if ((s->files & 1 << FILE_LOG_3) || !is_file(s, FILE_LOG_CURRENT))
        return;
    place(s, FILE_LOG_3, PLACE_FILE, 0);
    s->store[FILE_LOG_3] = s->store[FILE_LOG_CURRENT];
    place(s, FILE_LOG_CURRENT, PLACE_FILE, s->identities++);
}

static void restore(struct model_state *s, int file)
{
    if (file == FILE_LOG_3)
        return;
    uint32_t first = (uint32_t)file;
    place(s, file, PLACE_FILE, first);
    resize(s, first, scene_size_of((enum scene_file)file));
    deny(s, first, false);
}

static void change_file(struct model_state *s, const struct model_view *v, int file)
{
    struct model_store_file *f = &s->store[file];
    uint32_t bytes = v->call->number;
    switch (v->shape) {
    case EVENT_STORE_REMOVE:
        s->files &= (uint8_t) ~(1 << file);
        return;
    case EVENT_STORE_REPLACE:
        place(s, file, (enum scene_place)(bytes % SCENE_PLACES), s->identities++);
        return;
    case EVENT_STORE_RESTORE:
        restore(s, file);
        return;
    default:
        break;
    }
    if (!is_file(s, file))
        return;
    if (v->shape == EVENT_STORE_GROW)
        resize(s, f->identity, scene_grown(scene_is_pattern(f->identity), f->size, bytes));
    else if (v->shape == EVENT_STORE_SHRINK)
        resize(s, f->identity, f->size > bytes ? f->size - bytes : 0);
    else
        deny(s, f->identity, true);
}

void model_store_event(struct model_state *s, const struct model_view *v)
{
    int8_t file = model_file(v);
    if (v->shape == EVENT_STORE_ROTATE)
        rotate(s);
    else if (file >= 0)
        change_file(s, v, file);
}
