/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A wire between a client and a server of DCE/RPC 5.0 (connection-oriented): cuts the stream into
 * PDUs, each of which is a fault point, and carries them, or breaks them. Sans-I/O: whoever owns
 * the connection hands bytes in and gets bytes out. Bytes that are not PDUs are carried unchanged.
 *
 * Classes: rpc.bind and rpc.request on the way to the server, before it has seen them; rpc.bind_ack
 * and rpc.reply on the way back, after it has acted. Fault points are named for interface and
 * operation: rpc.reply@backup.Read#1.
 */
#ifndef FAULTS_WIRE_H
#define FAULTS_WIRE_H

#include "bytes.h"
#include "faults/fault/fault.h"
#include "faults/fault/wire_effect.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What the connection's owner has to do when bytes were carried. */
enum wire_event {
    WIRE_GO_ON,
    WIRE_CONNECTION_RESET,
    WIRE_SERVER_KILLED,
    WIRE_SERVER_RESTARTED,
};

/* An interface that goes over the wire, for the names of fault points. */
struct wire_interface {
    uint32_t time_low; /* first field of its UUID */
    const char *name;
    const char *const *operations; /* names by opnum */
    unsigned operation_count;
};

enum { WIRE_INTERFACES = 4, WIRE_OPERATIONS = 16 };

/* Sets the interfaces and so the fault points; once in a process, before the first wire
   is used. Borrowed. */
void wire_register(const struct wire_interface *interfaces, unsigned count);

/* A PDU on its way, for logs. */
struct wire_pdu {
    bool to_server;
    const uint8_t *bytes;
    size_t length;
    enum fault_class class;
    uint32_t index;           /* among those of its connection that go the same way, from 0 */
    int interface, operation; /* of the call under way; -1: unknown */
    bool broken;              /* by the latest fault that fired (fault_report()) */
};
typedef void wire_told(void *context, const struct wire_pdu *pdu);
/* "backup.Read", "bind of backup", "opnum 7" or the like. */
const char *wire_pdu_name(const struct wire_pdu *pdu, char *out, size_t bytes);

struct wire {
    struct bytes to_server, to_client; /* incomplete PDUs; memory is kept */
    struct bytes late;                 /* delayed answers */
    bool raw;                          /* the bytes received are not DCE/RPC */
    int interface, operation;          /* of the call under way; -1: unknown */
    uint32_t carried[2];               /* PDUs to the client, to the server */
    wire_told *ask;                    /* called before each PDU; may arm a fault; may be NULL */
    wire_told *told;                   /* called for each PDU, once it is known whether it breaks */
    void *told_context;
};

/* Prepares for a new connection; at first the struct must be all zeros. */
void wire_reset(struct wire *w);
/* Frees its memory. */
void wire_release(struct wire *w);

typedef void wire_pass(void *context, const uint8_t *bytes, size_t n);
/* Carries bytes one way; `pass` gets the bytes that arrive at the other end. After any result but
   WIRE_GO_ON the wire is dead, and the remaining bytes are lost. */
enum wire_event wire_carry(struct wire *w, bool to_server, const uint8_t *bytes, size_t n,
                           wire_pass *pass, void *context);

#endif
