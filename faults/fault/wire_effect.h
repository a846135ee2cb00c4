/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FAULTS_WIRE_EFFECT_H
#define FAULTS_WIRE_EFFECT_H

/* The ways to break a PDU; fault_kinds.c names them. */
enum wire_effect {
    WIRE_CARRY,
    WIRE_LOST,        /* never arrives; nothing else happens */
    WIRE_RESET,       /* the connection is reset, the PDU is lost */
    WIRE_TORN_HEADER, /* 10 bytes arrive, then the connection is reset */
    WIRE_TORN_BODY,   /* half of it */
    WIRE_TORN_END,    /* all but the last byte */
    WIRE_KILL,        /* the server process dies; the PDU is lost */
    WIRE_RESTART,     /* the same, and it starts again */
    WIRE_LATE,        /* arrives after the peer has given up: with the next PDU */
    WIRE_DUPLICATE,
    WIRE_CALL_ID, /* of another call */
    WIRE_VERSION, /* 4.0 */
    WIRE_FLAGS,   /* neither the first nor the last fragment */
    WIRE_TYPE,    /* a connectionless one */
    WIRE_LENGTH,  /* the header says 65535 bytes; they never come */
    WIRE_CONTEXT, /* of another presentation context */
    WIRE_STUB_SHORT,
    WIRE_STUB_LONG, /* 8 bytes too many */
    WIRE_STUB_ONES, /* every bit of the stub set */
    WIRE_NAK,       /* a bind_nak instead, with the reason of the fault's kind */
    WIRE_REJECT,    /* a bind_ack that accepts nothing, with result and reason */
    WIRE_FAULT,     /* a fault PDU instead, with the status */
};

#endif
