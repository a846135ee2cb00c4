/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Checks the outputs of a call that succeeded: data, sizes, lists.
 */
#include "model_internal.h"

#include "fuzz/scene/store.h"
#include "profile.h"

#include <windows.h>

#include <ntdsbcli.h>

#include <stdio.h>
#include <string.h>

/* Lists ---------------------------------------------------------------------------------------- */

enum { LIST_MAX = 8192 };
static size_t put_entry(uint16_t *out, size_t n, char type, const char *file)
{
    out[n++] = (uint8_t)type;
    for (const char *c = scene_unc(); *c != '\0'; c++)
        out[n++] = (unsigned char)*c;
    if (file != NULL)
        out[n++] = '\\';
    for (; file != NULL && *file != '\0'; file++)
        out[n++] = (unsigned char)*file;
    out[n++] = 0;
    return n;
}

/* The list that the function must give, in UTF-16; returns its units. */
static size_t make_list(const struct model_session *h, enum api_shape shape, uint16_t *out)
{
    size_t n = 0;
    if (shape == API_GET_DATABASE_LOCATIONS) {
        n = put_entry(out, n, BFT_NTDS_DATABASE, scene_file_names[FILE_DATABASE]);
        n = put_entry(out, n, BFT_LOG_DIR, NULL);
        n = put_entry(out, n, BFT_CHECKPOINT_DIR, NULL);
    } else if (shape == API_GET_DATABASE_NAMES) {
        n = put_entry(out, n, BFT_NTDS_DATABASE, scene_file_names[FILE_DATABASE]);
        const char *const *further = scene_further_patches();
        for (unsigned i = 0; further[i] != NULL; i++)
            if (h->further & UINT64_C(1) << i)
                n = put_entry(out, n, BFT_PATCH_FILE, further[i]);
        if (h->database & 1 << FILE_PATCH)
            n = put_entry(out, n, BFT_PATCH_FILE, scene_file_names[FILE_PATCH]);
    } else {
        /* Oldest first. */
        for (int f = FILE_LOG_1; f <= FILE_LOG_CURRENT; f++)
            if (h->listed & 1 << f)
                n = put_entry(out, n, BFT_LOG, scene_file_names[f]);
        if (n == 0)
            out[n++] = 0;
    }
    out[n++] = 0;
    return n;
}

/* Types are bytes in both forms, all else is ASCII. */
static void narrow(const uint16_t *wide, size_t n, uint8_t *out)
{
    for (size_t i = 0; i < n; i++)
        out[i] = (uint8_t)wide[i];
}

static enum contract_rule list_rule(enum api_shape shape)
{
    return shape == API_GET_DATABASE_LOCATIONS ? CONTRACT_LOCATIONS_LIST
           : shape == API_GET_DATABASE_NAMES   ? CONTRACT_NAMES_LIST
                                               : CONTRACT_LOGS_LIST;
}

/* Whether the first thing that differs is the type of an entry or its text; or "length" of a list
   that is right as far as both go. Units have 1 or 2 bytes. */
static const char *list_difference(const uint8_t *list, size_t bytes, const uint8_t *expected,
                                   size_t size, size_t unit)
{
    static const uint8_t end[sizeof(uint16_t)];
    size_t both = bytes < size ? bytes : size, at = 0;
    while (at < both && list[at] == expected[at])
        at++;
    at -= at % unit;
    /* A list ends where an entry would begin. */
    bool ends = at + unit > both || memcmp(list + at, end, unit) == 0 ||
                memcmp(expected + at, end, unit) == 0;
    if (ends)
        return "length";
    return at == 0 || memcmp(expected + at - unit, end, unit) == 0 ? "type" : "text";
}

/* By the first of the states: the remaining ones do not differ in anything that a list shows. */
static bool judge_list(const struct model *m, const struct model_view *v,
                       const struct model_seen *seen, struct model_complaint *c)
{
    uint16_t wide[LIST_MAX];
    uint8_t bytes[LIST_MAX];
    const struct model_session *h = model_look(&m->states[0], v->handle);
    if (seen->list == NULL || h == NULL || profile_is_off(list_rule(v->shape)))
        return true;
    size_t n = make_list(h, v->shape, wide);
    const void *expected = wide;
    size_t size = n * sizeof *wide;
    if (!api_functions[v->call->function].wide) {
        narrow(wide, n, bytes);
        expected = bytes;
        size = n;
    }
    if (seen->list_bytes == size && memcmp(seen->list, expected, size) == 0)
        return true;
    snprintf(c->aspect, sizeof c->aspect, "%s",
             list_difference(seen->list, seen->list_bytes, expected, size,
                             expected == wide ? sizeof *wide : 1));
    return model_complain(c, MODEL_DATA, "the list differs from the store in its %s", c->aspect);
}

/* Data of a read that succeeded, in the first state: in all of them the same file is open. */
bool model_judge_data(const struct model *m, const struct model_view *v,
                      const struct model_seen *seen, struct model_complaint *c)
{
    const struct model_session *h = model_look(&m->states[0], v->handle);
    switch (v->shape) {
    case API_READ:
        if (seen->read_bytes == 0 || seen->read_bytes > v->read_bytes)
            return model_complain(c, MODEL_DATA,
                                  "a read returned no byte, or more than was asked for%s", "");
        if (h != NULL && h->open >= 0 && seen->data != NULL &&
            !profile_is_off(CONTRACT_READ_DATA) &&
            (seen->read_bytes > h->open_holds - h->received ||
             !scene_compare(h->open_identity, h->received, seen->data, seen->read_bytes)))
            return model_complain(c, MODEL_DATA, "the data read of %s differs from the store",
                                  scene_file_names[h->open]);
        return true;
    case API_IS_NTDS_ONLINE:
        if (profile_is_off(CONTRACT_ONLINE_ANSWER) ||
            seen->online ==
                (!m->states[0].restore_mode && m->states[0].interlock == INTERLOCK_IS_OPEN))
            return true;
        return model_complain(c, MODEL_DATA, "IsNTDSOnline says %s",
                              seen->online ? "online" : "offline");
    default:
        return true;
    }
}

static bool judge_size(const struct model *m, const struct model_view *v,
                       const struct model_seen *seen, struct model_complaint *c)
{
    const struct model_session *h = model_look(&m->states[0], v->handle);
    if (v->shape != API_OPEN_FILE || h == NULL || h->open < 0 ||
        profile_is_off(CONTRACT_OPEN_FILE_OPENS) || seen->file_size == (int64_t)h->open_size)
        return true;
    return model_complain(c, MODEL_DATA, "the size of %s differs from the store",
                          scene_file_names[h->open]);
}

bool model_judge_results(const struct model *m, const struct model_view *v,
                         const struct model_seen *seen, struct model_complaint *c)
{
    return judge_size(m, v, seen, c) && judge_list(m, v, seen, c);
}
