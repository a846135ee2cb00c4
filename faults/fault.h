/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fault points: each crossing of the seam has a class, and each class the ways in which it may
 * really break. A fault says which crossing breaks, and how.
 */
#ifndef FAULTS_FAULT_H
#define FAULTS_FAULT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum fault_class {
    FAULT_MEM_ALLOC,
    FAULT_MEM_MAP,
    FAULT_MEM_LOCK,
    FAULT_MEM_ADVISE,
    FAULT_NET_SOCKET,
    FAULT_NET_CONNECT,
    FAULT_NET_SEND,
    FAULT_NET_RECV,
    FAULT_NET_POLL,
    FAULT_NET_OPTION,
    FAULT_NET_EVENT,
    FAULT_NET_RESOLVE,
    FAULT_FILE_OPEN,
    FAULT_FILE_READ,
    FAULT_FILE_WRITE,
    FAULT_FILE_STAT,
    FAULT_FILE_SYNC,
    FAULT_FILE_RENAME,
    FAULT_FILE_UNLINK,
    FAULT_FILE_MKDIR,
    FAULT_FILE_LIST,
    FAULT_FILE_LOCK,
    FAULT_RAND_GET,
    FAULT_HOST_NAME,
    FAULT_CRYPT_HASH,
    FAULT_CLASSES
};

/* What a crossing is told to do: 0 go on; > 0 fail with that errno (net.resolve: with that EAI_
   code, negated); or one of these. */
enum fault_effect {
    FAULT_EFFECT_SHORT = -1,   /* move about half of the bytes, at least one */
    FAULT_EFFECT_END = -2,     /* end of file or connection: 0 bytes */
    FAULT_EFFECT_TIMEOUT = -3, /* nothing happens until the deadline has passed */
};

enum fault_shape { FAULT_ONE_SHOT, FAULT_BURST, FAULT_PERSISTENT, FAULT_SHAPES };
/* EINTR and EAGAIN go away when the call is repeated: even persistent ones end after
   FAULT_TRANSIENT_LIMIT firings, or a correct retry loop would never end. */
enum { FAULT_BURST_LENGTH = 3, FAULT_TRANSIENT_LIMIT = 16, FAULT_MAX_ARMED = 8 };

struct fault {
    enum fault_class class;
    uint32_t nth;           /* 1-based among the crossings of the class since it was armed */
    uint32_t kind;          /* index into the kinds of the class */
    enum fault_shape shape; /* one-shot: the nth alone; burst: FAULT_BURST_LENGTH from it;
                               persistent: all from it */
};

struct fault_summary {
    uint64_t points;             /* crossings since world_reset() */
    uint32_t fired;              /* faults that fired since world_reset() */
    enum fault_class last_class; /* of the last that fired, with its kind, call and place */
    uint32_t last_kind;
    uint32_t last_call;
    const void *last_caller;
};

/* False: FAULT_MAX_ARMED are armed, or nth is 0, or there is no such kind. */
bool fault_arm(const struct fault *f);
void fault_disarm_all(void);
struct fault_summary fault_report(void);

/* A place to set a breakpoint: called whenever a fault fires, and does nothing. */
void fault_fired(enum fault_class class, uint32_t kind);

/* Names <-> values. The find functions return -1 for an unknown name. */
const char *fault_class_name(enum fault_class class);
uint32_t fault_kind_count(enum fault_class class);
const char *fault_kind_name(enum fault_class class, uint32_t kind);
const char *fault_shape_name(enum fault_shape shape);
int fault_class_find(const char *name, size_t length);
int fault_kind_find(enum fault_class class, const char *name, size_t length);

/* For the wrappers: counts the crossing and says what to do. `caller`: where in the target. */
int fault_point(enum fault_class class, const void *caller);
#define FAULT_POINT(class) fault_point(class, __builtin_return_address(0))

#endif
