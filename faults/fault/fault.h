/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Makes calls fail on purpose. Each call from the target into the world is at a fault point; each
 * fault point has a class, and each class has kinds: the ways in which such a call really fails
 * (fault_kinds.c). A fault says which call breaks, and how.
 */
#ifndef FAULTS_FAULT_H
#define FAULTS_FAULT_H

#include "moment.h"

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
    FAULT_NET_WAKE,
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
    FAULT_FILE_TRUNCATE,
    FAULT_FILE_OWNER,
    FAULT_FILE_PATH,
    FAULT_OUT_WRITE,
    FAULT_FILE_CREATE,
    FAULT_FILE_OPENDIR,
    FAULT_FILE_LOOKUP,
    FAULT_FILE_CLOSE,
    FAULT_THREAD_CALL,
    /* Whole PDUs (wire.h). */
    FAULT_RPC_BIND,
    FAULT_RPC_BIND_ACK,
    FAULT_RPC_REQUEST,
    FAULT_RPC_REPLY,
    FAULT_CLASSES, /* that a program of the language can name; those behind are of calls that
                      `rundown preload` alone takes over */
    FAULT_NET_BIND = FAULT_CLASSES,
    FAULT_NET_LISTEN,
    FAULT_NET_ACCEPT,
    FAULT_NET_EPOLL,
    FAULT_NET_WATCH,
    FAULT_NET_WAIT,
    FAULT_FD_PIPE,
    FAULT_FD_DUP,
    FAULT_FD_REPLACE,
    FAULT_PROC_FORK,
    FAULT_ALL_CLASSES
};

/* What a fault point is told to do. */
enum fault_action {
    FAULT_GO_ON,
    FAULT_FAIL,         /* with errno `value` */
    FAULT_SHORT,        /* move about half of the bytes, at least one */
    FAULT_END,          /* end of file or connection: 0 bytes */
    FAULT_TIMEOUT,      /* nothing happens until the deadline has passed */
    FAULT_CRASH,        /* the machine stops before the operation: file.h */
    FAULT_KILL,         /* the process does */
    FAULT_RESOLVER,     /* getaddrinfo() fails with `value`, an EAI_ code */
    FAULT_OTHER_CALLER, /* another thread makes a call meanwhile: world/other_caller.h */
    FAULT_WIRE,         /* break the PDU: `value` is an enum wire_effect (wire_effect.h) */
};
struct fault_effect {
    enum fault_action action;
    int value; /* 0 where the action needs no value */
};

/* Whether nothing that the process does afterwards has an effect. */
static inline bool fault_ends_process(struct fault_effect effect)
{
    return effect.action == FAULT_CRASH || effect.action == FAULT_KILL;
}

enum fault_shape { FAULT_ONE_SHOT, FAULT_BURST, FAULT_PERSISTENT, FAULT_SHAPES };
/* EINTR and EAGAIN go away when the call is repeated: even persistent ones stop after
   FAULT_TRANSIENT_LIMIT firings; otherwise a correct retry loop would never end. */
bool fault_is_transient(struct fault_effect effect);
enum { FAULT_BURST_LENGTH = 3, FAULT_TRANSIENT_LIMIT = 16, FAULT_MAX_ARMED = 16 };

struct fault {
    enum fault_class class;
    int site_plus_one; /* 1 + index of a fault point (site.h): only calls at it count; 0: all */
    uint32_t nth;      /* 1-based among those calls since it was armed */
    uint32_t kind;     /* index into the kinds of the class */
    enum fault_shape shape; /* one-shot: the nth alone; burst: FAULT_BURST_LENGTH from it;
                               persistent: all from it */
};

/* One call at a fault point, for the sweep. */
struct fault_crossing {
    uint32_t call;
    uint16_t class;
    int16_t site; /* -1: unknown */
    uint8_t side; /* enum world_side */
    bool fired;
};

/* Which faults fired, and where. */
enum { FAULT_FRAMES = 20 };
struct fault_firing {
    enum fault_class class;
    uint32_t kind; /* of a fault of two parts: that of the part */
    uint32_t call;
    int site;                  /* -1: unknown */
    uint8_t side;              /* enum world_side: whose code was hit */
    const void *caller;        /* NULL: on the wire */
    void *stack[FAULT_FRAMES]; /* return addresses, innermost first, the world's own among them;
                                  NULL ends */
};

enum { FAULT_FIRINGS_KEPT = 16, FAULT_DISTINCT = 8 };
struct fault_summary {
    uint64_t points; /* calls at fault points since world_reset() */
    uint32_t fired;  /* faults that fired since world_reset() */
    struct fault_firing first[FAULT_FIRINGS_KEPT];
    struct fault_firing last;
    /* Since fault_begin_call(): one entry for each class, kind and side that fired. */
    struct fault_firing in_call[FAULT_DISTINCT];
    uint32_t in_call_count;
    /* The call that went beyond WORLD_STEP_LIMIT: its return address; NULL: none did. */
    const void *exhausted_at;
};

/* False: FAULT_MAX_ARMED faults are armed already, nth is 0, or the class has no such kind. */
bool fault_arm(const struct fault *f);
void fault_disarm_all(void);
void fault_begin_call(void);
/* Valid until the next world_reset(). */
const struct fault_summary *fault_report(void);

/* Enters a fault that fired in another process into the report, as if it had fired in this one. */
void fault_note(const struct fault_firing *f);

/* Sees each fault that fires from now on, before it takes effect; NULL: nobody does. world_reset()
   does not end it. */
typedef void fault_watcher(const struct fault_firing *f);
void fault_watch(fault_watcher *watcher);
/* The process of this side is dead until world_reset() or fault_revive(): its code may still run,
   to free what it holds, but each of its calls at a fault point fails. */
void fault_kill(enum world_side side);
void fault_revive(void);
bool fault_has_killed(void);

/* Records every call at a fault point from now on in `out`, at most `capacity`; fault_recorded()
   says how many there were, which may be more. NULL ends the recording; world_reset() does not. */
void fault_record(struct fault_crossing *out, size_t capacity);
size_t fault_recorded(void);
/* After a run of another process, which shares `out`, and recorded so many there. */
void fault_recorded_there(size_t count);

/* A place to set a breakpoint: called whenever a fault fires, and does nothing. */
void fault_fired(enum fault_class class, uint32_t kind);

/* Names <-> values. The find functions return -1 for an unknown name. */
const char *fault_class_name(enum fault_class class);
uint32_t fault_kind_count(enum fault_class class);
const char *fault_kind_name(enum fault_class class, uint32_t kind);
struct fault_effect fault_kind_effect(enum fault_class class, uint32_t kind);
/* The kinds that it is made of: that of the first call, and that of the next one, which the shape
   one-shot breaks as well, and of all later ones. Both are the kind itself if it is of one part. */
enum { FAULT_PARTS = 2 };
void fault_kind_parts(enum fault_class class, uint32_t kind, uint32_t out[FAULT_PARTS]);
/* The status, reason or result that the effect of a wire fault puts on the wire. */
uint32_t fault_kind_argument(enum fault_class class, uint32_t kind);
const char *fault_shape_name(enum fault_shape shape);
int fault_class_find(const char *name, size_t length);
/* Also of those behind FAULT_CLASSES. */
int fault_class_find_any(const char *name, size_t length);
int fault_kind_find(enum fault_class class, const char *name, size_t length);

/* For world_reset(): no fault is armed, nothing has fired; the recording goes on. */
void fault_reset(void);

/* What a fault point looks at each time: who is watched for is in the plan (fault.c). */
extern struct fault_gate {
    uint64_t points;  /* fault_summary's */
    uint64_t watched; /* a bit for each class whose calls are recorded or may be broken */
} fault_gate;
struct fault_effect fault_point_watched(enum fault_class class, const void *caller);

/* For the wrappers: counts the call and says what to do. `caller`: the return address
   in the target. */
static inline struct fault_effect fault_point(enum fault_class class, const void *caller)
{
    world_count_step();
    fault_gate.points++;
    if ((fault_gate.watched >> class & 1) == 0 && !world_steps_exceeded())
        return (struct fault_effect){FAULT_GO_ON, 0};
    return fault_point_watched(class, caller);
}
#define FAULT_POINT(class) fault_point(class, __builtin_return_address(0))
/* The same for an event that is not a call of the target, at a fault point named by
   the world (site.h). */
struct fault_effect fault_point_at(enum fault_class class, int site);

#endif
