/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FUZZ_PEER_INTERNAL_H
#define FUZZ_PEER_INTERNAL_H

#include "peer.h"

enum {
    PEER_NOT_EXECUTED = 1,  /* the fault says that nothing was done */
    PEER_OF_CONTEXT = 2,    /* and names the context of the request; else 0 */
    PEER_OF_CALL = 4,       /* and is of the call under way, with its context */
    PEER_FRAGMENT_KEPT = 8, /* the stub goes to the call */
};

struct peer_rule {
    const char *situation;
    bool (*holds)(const struct peer_connection *c, const struct peer_pdu *p);
    enum peer_answer answer;
    uint32_t status;
    unsigned details;
    bool closes;
};
/* The rule that the header alone selects; NULL: not decided yet. */
const struct peer_rule *peer_header_rule(const struct peer_connection *c, const struct peer_pdu *p);
const struct peer_rule *peer_rule(const struct peer_connection *c, const struct peer_pdu *p);

enum peer_interface peer_find_context(const struct peer_connection *c, uint16_t id);
bool peer_is_legal_list(const struct peer_connection *c, const struct peer_pdu *p);
/* The answer owed to a bind or alter_context; enters the contexts that are accepted. */
void peer_judge_list(struct peer_connection *c, const struct peer_pdu *p, struct peer_owed *out);

/* What a stub is as a request of that operation; what follows it does not count. */
enum peer_stub peer_judge_stub(enum peer_interface interface, uint16_t opnum, const uint8_t *bytes,
                               size_t n, bool big_endian);

#endif
