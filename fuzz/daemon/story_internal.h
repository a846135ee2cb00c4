/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Shared by the parts of a story: its telling (story.c), its beginning and end (story_end.c).
 */
#ifndef FUZZ_DAEMON_STORY_INTERNAL_H
#define FUZZ_DAEMON_STORY_INTERNAL_H

#include "fuzz/peer/peer.h"
#include "story.h"

/* Guests from STORY_AFTERWARDS on come when the story has been told. */
enum { ACCOUNTS = PEER_CONNECTIONS, STORY_AFTERWARDS = 60 };

struct story {
    struct run_report *report;
    struct daemon_settings settings;
    bool exact;
    uint64_t began_ms;
    struct guest guests[STORY_GUESTS];
    struct peers peers;
    uint32_t next_call[STORY_GUESTS];
    /* Answers of which only a part was taken, and how many are whole. */
    uint8_t answer[STORY_GUESTS][PEER_FRAGMENT];
    size_t length[STORY_GUESTS];
    unsigned answers[STORY_GUESTS];
};
extern struct story story;

/* The virtual clock since the story began. */
uint64_t story_now(void);
/* Holds whatever fails. */
__attribute__((format(printf, 3, 4))) void story_demand(bool holds, enum verdict verdict,
                                                        const char *format, ...);

#endif
