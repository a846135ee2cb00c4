/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Scenarios of restores, step by step in the log.
 */
#include "plays.h"

#include "faults/world/clock.h"
#include "fuzz/peer/pdu.h"
#include "fuzz/scene/state_files.h"

#include <string.h>

enum {
    RESTORE_PREPARE = 1, /* operations of the restore interface */
    REGISTER = 2,
    COMPLETE = 3,
    CONTEXT = 20,      /* bytes of a context handle */
    FIRST_CALL = 1000, /* after those of the story's own */
    FAILED = -1
};
#define PEER "user 0 process 100: "

static struct {
    uint32_t call;
    uint8_t context[CONTEXT];
    uint8_t pdu[PEER_REQUEST_HEADER + 5000];
    size_t length;
} told;

static void put(uint32_t value, unsigned width)
{
    for (unsigned i = 0; i < width; i++)
        told.pdu[told.length++] = (uint8_t)(value >> 8 * i);
}

static void put_bytes(const void *bytes, size_t n)
{
    memcpy(told.pdu + told.length, bytes, n);
    told.length += n;
}

static void begin(uint16_t operation)
{
    static const uint8_t head[] = {5, 0, PEER_REQUEST, PEER_FIRST | PEER_LAST, 0x10, 0, 0, 0, 0, 0,
                                   0, 0};
    told.length = 0;
    put_bytes(head, sizeof head);
    put(FIRST_CALL + told.call++, 4);
    put(0, 4); /* no hint, and the first context */
    put(0, 2);
    put(operation, 2);
}

static void send(void)
{
    told.pdu[8] = (uint8_t)told.length;
    told.pdu[9] = (uint8_t)(told.length >> 8);
    story_sends_bytes(0, told.pdu, told.length);
}

/* With a token of this server. */
static void prepare(void)
{
    uint8_t token[SCENE_TOKEN_MOST];
    const uint32_t n = scene_make_token(clock_real_seconds(), token);
    begin(RESTORE_PREPARE);
    put(0, 4);
    put(n, 4);
    put(1, 4); /* the array is there, and has as many */
    put(n, 4);
    put_bytes(token, n);
    send();
    memcpy(told.context, story_last_answer(0) + PEER_REQUEST_HEADER, CONTEXT);
}

static void put_text(void)
{
    static const uint32_t words[] = {1, 2, 0, 2, 'x'}; /* it is there, of two characters, "x" */
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        put(words[i], 4);
}

/* Without a map: all goes where it was, two logs. */
static void enter(void)
{
    begin(REGISTER);
    put_bytes(told.context, CONTEXT);
    put_text();
    put_text();
    put(0, 4);
    put_text();
    put(1, 4);
    put(2, 4);
    send();
}

static void complete(int32_t code)
{
    begin(COMPLETE);
    put_bytes(told.context, CONTEXT);
    put((uint32_t)code, 4);
    send();
}

/* A restore that fails, one that succeeds, and a session in which nothing is restored. */
void play_restores(void)
{
    memset(&told, 0, sizeof told);
    story_comes(0, 0, 0);
    story_sends(0, STORY_BIND_RESTORE);
    prepare();
    story_logged(1, PEER "restore session begins\n");
    story_sends(0, STORY_LOCATIONS);
    enter();
    story_logged(1, PEER "restore begins: the directory stays offline until one succeeds\n");
    complete(FAILED);
    story_logged(1, PEER "restore failed: the directory stays offline until one succeeds\n");
    story_logged(0, "restore succeeded");
    enter();
    story_logged(2, PEER "restore begins: the directory stays offline until one succeeds\n");
    complete(0);
    story_logged(1, PEER "restore failed: the directory stays offline until one succeeds\n");
    story_logged(1, PEER "restore succeeded: the directory may go online\n");
    story_sends(0, STORY_SET_LOG);
    story_logged(1, PEER "the number of the current log is set\n");
    story_sends(0, STORY_RESTORE_END);
    story_logged(1, PEER "restore session ends\n");
    /* Without a token there is nothing to complete. */
    story_sends(0, STORY_RESTORE_PREPARE);
    story_sends(0, STORY_COMPLETE);
    story_logged(1, PEER "RestoreRegisterComplete refused: hrMissingExpiryToken (0xC7FF000F)\n");
    story_sends(0, STORY_RESTORE_END);
    story_logged(2, PEER "restore session ends\n");
    story_holds(1, 0);
}
