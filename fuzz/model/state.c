/* SPDX-License-Identifier: Apache-2.0 */
#include "state.h"

#include "model.h"

bool model_is_for_restore(enum api_shape shape)
{
    return shape == API_GET_DATABASE_LOCATIONS || shape == API_RESTORE_REGISTER ||
           shape == API_RESTORE_REGISTER_COMPLETE || shape == API_RESTORE_END;
}

uint32_t model_fingerprint(const struct model *m)
{
    const struct model_state *s = &m->states[0];
    uint32_t f = s->up | (uint32_t)s->restore_mode << 1 | (uint32_t)s->interlock << 2 |
                 (uint32_t)s->identity << 4;
    if (s->session_count > 0) {
        const struct model_session *h = &s->sessions[s->session_count - 1];
        f = f * 31 + 1 + h->backup + 2u * h->lost + 4u * h->phase + 16u * (h->open >= 0) +
            32u * h->restricted + 64u * h->registered;
    }
    return f * 5 + (s->session_count < 4 ? s->session_count : 4);
}
