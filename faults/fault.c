/* SPDX-License-Identifier: Apache-2.0 */
#include "fault.h"

#include "world_internal.h"

#include <errno.h>
#include <netdb.h>
#include <string.h>

struct kind {
    const char *name;
    int effect;
};

enum { MOST_KINDS = 8 };

#define ERRNO(e)                                                                                   \
    {                                                                                              \
#e, e                                                                                      \
    }
#define SHORT                                                                                      \
    {                                                                                              \
        "short", FAULT_EFFECT_SHORT                                                                \
    }
#define END                                                                                        \
    {                                                                                              \
        "eof", FAULT_EFFECT_END                                                                    \
    }
#define TIMEOUT                                                                                    \
    {                                                                                              \
        "timeout", FAULT_EFFECT_TIMEOUT                                                            \
    }
#define EAI(e)                                                                                     \
    {                                                                                              \
#e, -(e)                                                                                   \
    }

/* What each call may really do, by its manual page. */
static const struct {
    const char *name;
    struct kind kinds[MOST_KINDS];
} classes[FAULT_CLASSES] = {
    [FAULT_MEM_ALLOC] = {"mem.alloc", {ERRNO(ENOMEM)}},
    [FAULT_MEM_MAP] = {"mem.map", {ERRNO(ENOMEM), ERRNO(EAGAIN)}},
    [FAULT_MEM_LOCK] = {"mem.lock", {ERRNO(ENOMEM), ERRNO(EPERM), ERRNO(EAGAIN)}},
    [FAULT_MEM_ADVISE] = {"mem.advise", {ERRNO(ENOMEM), ERRNO(EAGAIN)}},
    [FAULT_NET_SOCKET] = {"net.socket",
                          {ERRNO(EMFILE), ERRNO(ENFILE), ERRNO(ENOMEM), ERRNO(ENOBUFS),
                           ERRNO(EACCES)}},
    [FAULT_NET_CONNECT] = {"net.connect",
                           {ERRNO(ECONNREFUSED), ERRNO(ENOENT), ERRNO(EACCES), ERRNO(EAGAIN),
                            ERRNO(EINTR), ERRNO(ETIMEDOUT), ERRNO(EINPROGRESS)}},
    [FAULT_NET_SEND] = {"net.send",
                        {ERRNO(EPIPE), ERRNO(ECONNRESET), ERRNO(EINTR), ERRNO(EAGAIN),
                         ERRNO(ENOBUFS), SHORT}},
    [FAULT_NET_RECV] = {"net.recv",
                        {ERRNO(ECONNRESET), END, ERRNO(EINTR), ERRNO(EAGAIN), ERRNO(ENOMEM),
                         SHORT}},
    [FAULT_NET_POLL] = {"net.poll", {TIMEOUT, ERRNO(EINTR), ERRNO(ENOMEM), ERRNO(EAGAIN)}},
    [FAULT_NET_OPTION] = {"net.option", {ERRNO(ENOBUFS)}},
    [FAULT_NET_EVENT] = {"net.event", {ERRNO(EMFILE), ERRNO(ENFILE), ERRNO(ENOMEM)}},
    [FAULT_NET_RESOLVE] = {"net.resolve",
                           {EAI(EAI_AGAIN), EAI(EAI_MEMORY), EAI(EAI_FAIL), EAI(EAI_NONAME)}},
    [FAULT_FILE_OPEN] = {"file.open",
                         {ERRNO(EMFILE), ERRNO(ENFILE), ERRNO(ENOMEM), ERRNO(EACCES), ERRNO(ENOENT),
                          ERRNO(EIO), ERRNO(EINTR)}},
    [FAULT_FILE_READ] = {"file.read", {ERRNO(EIO), ERRNO(EINTR), SHORT, END}},
    [FAULT_FILE_WRITE] = {"file.write",
                          {ERRNO(ENOSPC), ERRNO(EIO), ERRNO(EDQUOT), ERRNO(EINTR), SHORT}},
    [FAULT_FILE_STAT] = {"file.stat", {ERRNO(EIO), ERRNO(ENOMEM), ERRNO(EACCES)}},
    [FAULT_FILE_SYNC] = {"file.sync", {ERRNO(EIO), ERRNO(ENOSPC), ERRNO(EINTR)}},
    [FAULT_FILE_RENAME] = {"file.rename", {ERRNO(EIO), ERRNO(ENOSPC), ERRNO(EACCES)}},
    [FAULT_FILE_UNLINK] = {"file.unlink", {ERRNO(EIO), ERRNO(EACCES), ERRNO(EBUSY)}},
    [FAULT_FILE_MKDIR] = {"file.mkdir", {ERRNO(ENOSPC), ERRNO(EACCES), ERRNO(EIO)}},
    [FAULT_FILE_LIST] = {"file.list", {ERRNO(EIO), ERRNO(ENOMEM)}},
    [FAULT_FILE_LOCK] = {"file.lock", {ERRNO(EWOULDBLOCK), ERRNO(ENOLCK), ERRNO(EINTR)}},
    [FAULT_RAND_GET] = {"rand.get", {ERRNO(EINTR), ERRNO(ENOSYS), SHORT}},
    [FAULT_HOST_NAME] = {"host.name", {ERRNO(EPERM), ERRNO(ENAMETOOLONG)}},
    [FAULT_CRYPT_HASH] = {"crypt.hash", {ERRNO(ENOMEM), ERRNO(EINVAL)}},
};

static const char *const shape_names[FAULT_SHAPES] = {"once", "burst", "persistent"};

static struct {
    struct fault armed[FAULT_MAX_ARMED];
    uint32_t seen[FAULT_MAX_ARMED]; /* crossings of the armed fault's class since it was armed */
    unsigned armed_count;
    struct fault_summary summary;
} state;

void fault_reset(void)
{
    state.armed_count = 0;
    state.summary = (struct fault_summary){0};
}

bool fault_arm(const struct fault *f)
{
    if (state.armed_count == FAULT_MAX_ARMED || f->nth == 0 || f->class >= FAULT_CLASSES ||
        f->kind >= fault_kind_count(f->class) || f->shape >= FAULT_SHAPES)
        return false;
    state.seen[state.armed_count] = 0;
    state.armed[state.armed_count++] = *f;
    return true;
}

void fault_disarm_all(void)
{
    state.armed_count = 0;
}

struct fault_summary fault_report(void)
{
    return state.summary;
}

__attribute__((noinline)) void fault_fired(enum fault_class class, uint32_t kind)
{
    (void)class, (void)kind;
    __asm__ volatile("");
}

static bool is_hit(const struct fault *f, uint32_t seen)
{
    int effect = classes[f->class].kinds[f->kind].effect;
    if ((effect == EINTR || effect == EAGAIN) && seen >= f->nth + FAULT_TRANSIENT_LIMIT)
        return false;
    switch (f->shape) {
    case FAULT_ONE_SHOT:
        return seen == f->nth;
    case FAULT_BURST:
        return seen >= f->nth && seen < f->nth + FAULT_BURST_LENGTH;
    default:
        return seen >= f->nth;
    }
}

int fault_point(enum fault_class class, const void *caller)
{
    world_count_step();
    state.summary.points++;
    int effect = 0;
    for (unsigned i = 0; i < state.armed_count; i++) {
        const struct fault *f = &state.armed[i];
        if (f->class != class || !is_hit(f, ++state.seen[i]) || effect != 0)
            continue;
        effect = classes[class].kinds[f->kind].effect;
        struct fault_summary *s = &state.summary;
        s->fired++;
        s->last_class = class;
        s->last_kind = f->kind;
        s->last_call = world_call();
        s->last_caller = caller;
        fault_fired(class, f->kind);
    }
    /* A program that goes on for ever is ended by failing whatever it does, for good. */
    if (world_steps_exceeded())
        effect = classes[class].kinds[0].effect;
    return effect;
}

const char *fault_class_name(enum fault_class class)
{
    return classes[class].name;
}

uint32_t fault_kind_count(enum fault_class class)
{
    uint32_t n = 0;
    while (n < MOST_KINDS && classes[class].kinds[n].name != NULL)
        n++;
    return n;
}

const char *fault_kind_name(enum fault_class class, uint32_t kind)
{
    return classes[class].kinds[kind].name;
}

const char *fault_shape_name(enum fault_shape shape)
{
    return shape_names[shape];
}

static bool same(const char *name, const char *text, size_t length)
{
    return strlen(name) == length && memcmp(name, text, length) == 0;
}

int fault_class_find(const char *name, size_t length)
{
    for (int i = 0; i < FAULT_CLASSES; i++)
        if (same(classes[i].name, name, length))
            return i;
    return -1;
}

int fault_kind_find(enum fault_class class, const char *name, size_t length)
{
    for (uint32_t i = 0; i < fault_kind_count(class); i++)
        if (same(classes[class].kinds[i].name, name, length))
            return (int)i;
    return -1;
}
