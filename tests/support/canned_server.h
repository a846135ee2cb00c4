/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A server of one connection, on a real socket and in a thread of its own, that sends the answers
 * of a script. Scripts never use cmocka: they check conditions by canned_require().
 */
#ifndef TESTS_CANNED_SERVER_H
#define TESTS_CANNED_SERVER_H

#include "client_answers.h"
#include "target/rpc/rpc_binding.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { CANNED_PDU = 65536 };

struct canned_server {
    struct rpc_endpoint endpoint;
    void (*script)(struct canned_server *s, int fd);
    int listener;
    pthread_t thread;
    sem_t reached;           /* the script has come to a point that the test waits for */
    sem_t go;                /* the test lets the script go on */
    uint8_t pdu[CANNED_PDU]; /* the last one heard */
    size_t pdu_length;       /* 0: the client closed */
};

#define canned_require(condition)                                                                  \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition);                \
            abort();                                                                               \
        }                                                                                          \
    } while (0)

bool canned_read(int fd, uint8_t *room, size_t n);
/* The next PDU; its length, or 0 if the client closed. */
size_t canned_hear(struct canned_server *s, int fd);
void canned_hear_type(struct canned_server *s, int fd, uint8_t type, uint8_t call_id);
/* False: the client is gone. */
bool canned_say(int fd, struct bytes b);
void canned_accept_bind(struct canned_server *s, int fd);
void canned_answer(struct canned_server *s, int fd, uint8_t call_id, size_t stub_length);
void *canned_main(void *argument);
/* A listening socket at a fresh endpoint. */
void canned_listen(struct canned_server *s, enum rpc_transport transport);
void canned_start(struct canned_server *s, enum rpc_transport transport,
                  void (*script)(struct canned_server *, int));
void canned_unlisten(struct canned_server *s);
/* Waits for the script to end. */
void canned_join(struct canned_server *s);

#endif
