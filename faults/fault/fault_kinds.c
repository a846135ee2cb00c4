/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The table of kinds: in which ways each class of fault point breaks; for calls from the manual
 * pages, for PDUs from C706 and [MS-RPCE]. Only data.
 */
#include "fault.h"
#include "wire_effect.h"

#include <errno.h>
#include <netdb.h>
#include <string.h>

struct kind {
    const char *name;
    struct fault_effect effect;
    uint32_t argument;
};

/* clang-format off */
#define E(e) {#e, {FAULT_FAIL, e}, 0}
#define EAI(e) {#e, {FAULT_RESOLVER, e}, 0}
#define SHORT {"short", {FAULT_SHORT, 0}, 0}
#define SHORT_THEN(kind) {"short-" kind, {FAULT_SHORT, 0}, 0}
#define END {"eof", {FAULT_END, 0}, 0}
#define TIMEOUT {"timeout", {FAULT_TIMEOUT, 0}, 0}
#define CRASH {"crash", {FAULT_CRASH, 0}, 0}
#define KILL {"kill", {FAULT_KILL, 0}, 0}
#define WIRE(name, effect) {name, {FAULT_WIRE, effect}, 0}
#define NAK(name, reason) {"nak-" name, {FAULT_WIRE, WIRE_NAK}, reason}
#define REJECT(name, result, reason) {"reject-" name, {FAULT_WIRE, WIRE_REJECT}, (result) << 16 | (reason)}
#define STATUS(name, status) {"fault-" name, {FAULT_WIRE, WIRE_FAULT}, status}

/* What may happen to a connection, before the server has seen the PDU or after it has
   acted on it. */
#define ON_THE_WAY                                                                                 \
    WIRE("lost", WIRE_LOST), WIRE("reset", WIRE_RESET), WIRE("torn-header", WIRE_TORN_HEADER),     \
    WIRE("torn-body", WIRE_TORN_BODY), WIRE("torn-end", WIRE_TORN_END), WIRE("kill", WIRE_KILL),   \
    WIRE("restart", WIRE_RESTART)
#define ANSWER                                                                                     \
    ON_THE_WAY, WIRE("late", WIRE_LATE), WIRE("duplicate", WIRE_DUPLICATE),                        \
    WIRE("call-id", WIRE_CALL_ID), WIRE("version", WIRE_VERSION), WIRE("flags", WIRE_FLAGS),       \
    WIRE("type", WIRE_TYPE), WIRE("length", WIRE_LENGTH), WIRE("stub-short", WIRE_STUB_SHORT)

/* What any open may fail with, and what of a directory it may not. */
#define OPENING                                                                                    \
    E(EMFILE), E(ENFILE), E(ENOMEM), E(EACCES), E(EIO), E(EINTR), E(ELOOP), E(ENAMETOOLONG),       \
    E(ENOENT), E(ENOTDIR), E(ESTALE)
#define OPENING_A_FILE E(ENODEV), E(ENXIO), E(EPERM), E(EWOULDBLOCK)

static const struct kind mem_alloc[] = {E(ENOMEM)},
    mem_map[] = {E(ENOMEM), E(EAGAIN)},
    mem_lock[] = {E(ENOMEM), E(EPERM), E(EAGAIN)},
    mem_advise[] = {E(ENOMEM), E(EAGAIN)},
    net_socket[] = {E(EMFILE), E(ENFILE), E(ENOMEM), E(ENOBUFS), E(EACCES), E(EAFNOSUPPORT)},
    net_connect[] = {E(ECONNREFUSED), E(ENOENT), E(EACCES), E(EAGAIN), E(EINTR), E(ETIMEDOUT), E(EINPROGRESS), E(EADDRNOTAVAIL), E(ECONNRESET), E(EHOSTUNREACH), E(ELOOP), E(ENETDOWN), E(ENETUNREACH), E(ENOBUFS), E(ENOMEM), E(ENOTDIR), E(EPERM), E(EPROTOTYPE)},
    net_send[] = {E(EPIPE), E(ECONNRESET), E(EINTR), E(EAGAIN), E(ENOBUFS), SHORT, E(EHOSTUNREACH), E(ENETDOWN), E(ENETUNREACH), E(ENOMEM), E(ETIMEDOUT), SHORT_THEN("EPIPE")},
    net_recv[] = {E(ECONNRESET), END, E(EINTR), E(EAGAIN), E(ENOMEM), SHORT, E(ECONNREFUSED), E(EHOSTUNREACH), E(ENOBUFS), E(ETIMEDOUT), SHORT_THEN("eof"), SHORT_THEN("ECONNRESET")},
    net_poll[] = {TIMEOUT, E(EINTR), E(ENOMEM), E(EAGAIN)},
    net_option[] = {E(ENOBUFS), E(ECONNREFUSED), E(ENOMEM)},
    net_event[] = {E(EMFILE), E(ENFILE), E(ENOMEM), E(ENODEV)},
    net_wake[] = {E(EINTR), E(EAGAIN)},
    net_resolve[] = {EAI(EAI_AGAIN), EAI(EAI_MEMORY), EAI(EAI_FAIL), EAI(EAI_NONAME), E(EMFILE), E(ENFILE), E(ENOMEM), E(EIO), EAI(EAI_ADDRFAMILY), EAI(EAI_NODATA)},
    file_open[] = {OPENING, OPENING_A_FILE},
    file_read[] = {E(EIO), E(EINTR), SHORT, END, E(ESTALE), SHORT_THEN("EIO"), SHORT_THEN("eof")},
    file_write[] = {E(ENOSPC), E(EIO), E(EDQUOT), E(EINTR), SHORT, CRASH, E(EFBIG), E(EROFS), E(ESTALE), SHORT_THEN("ENOSPC"), SHORT_THEN("EIO"), KILL},
    file_stat[] = {E(EIO), E(ENOMEM), E(EACCES), E(ESTALE)},
    file_sync[] = {E(EIO), E(ENOSPC), E(EINTR), CRASH, E(EDQUOT), E(EROFS), E(ESTALE), KILL},
    file_rename[] = {E(EIO), E(ENOSPC), E(EACCES), CRASH, E(EBUSY), E(EDQUOT), E(EEXIST), E(EISDIR), E(ELOOP), E(EMLINK), E(ENAMETOOLONG), E(ENOENT), E(ENOMEM), E(ENOTDIR), E(ENOTEMPTY), E(EPERM), E(EROFS), E(ESTALE), E(EXDEV), KILL},
    file_unlink[] = {E(EIO), E(EACCES), E(EBUSY), CRASH, E(EDQUOT), E(EISDIR), E(ELOOP), E(ENAMETOOLONG), E(ENOMEM), E(ENOSPC), E(ENOTDIR), E(EPERM), E(EROFS), E(ESTALE), E(ENOENT), KILL},
    file_mkdir[] = {E(ENOSPC), E(EACCES), E(EIO), CRASH, E(EDQUOT), E(EEXIST), E(ELOOP), E(EMLINK), E(ENAMETOOLONG), E(ENOENT), E(ENOMEM), E(ENOTDIR), E(EPERM), E(EROFS), E(ESTALE), KILL},
    file_list[] = {E(EIO), E(ENOMEM), E(ESTALE)},
    file_lock[] = {E(EWOULDBLOCK), E(ENOLCK), E(EINTR)},
    rand_get[] = {E(EINTR), E(ENOSYS), SHORT},
    host_name[] = {E(EPERM), E(ENAMETOOLONG)},
    crypt_hash[] = {E(ENOMEM), E(EINVAL), E(ENOSYS), E(EOPNOTSUPP), E(ERANGE)},
    file_truncate[] = {E(EIO), E(EINTR), E(EFBIG), E(EPERM), CRASH, E(EDQUOT), E(ENOSPC), E(EROFS), E(ESTALE), KILL},
    file_owner[] = {E(EIO), E(EPERM), CRASH, E(EDQUOT), E(EINTR), E(ENOMEM), E(ENOSPC), E(EROFS), E(ESTALE), KILL},
    file_path[] = {E(EACCES), E(EIO), E(ENOENT), E(ENAMETOOLONG), E(ENOMEM), E(ELOOP), E(ENOTDIR), E(ESTALE)},
    out_write[] = {E(ENOSPC), E(EIO), E(EPIPE), E(EAGAIN), E(EBADF), E(EDQUOT), E(EFBIG), E(EINTR)},
    file_create[] = {OPENING, OPENING_A_FILE, E(EDQUOT), E(EISDIR), E(ENOSPC), E(EROFS), E(ETXTBSY)},
    file_opendir[] = {OPENING},
    file_lookup[] = {E(EIO), E(ENOMEM), E(EACCES), E(ELOOP), E(ENAMETOOLONG), E(ENOTDIR), E(ESTALE), E(ENOENT)},
    file_close[] = {E(EIO), E(EINTR), E(ENOSPC), E(EDQUOT)},
    net_bind[] = {E(EADDRINUSE), E(EACCES), E(EADDRNOTAVAIL), E(ELOOP), E(ENAMETOOLONG), E(ENOENT), E(ENOMEM), E(ENOTDIR), E(EROFS)},
    net_listen[] = {E(EADDRINUSE)},
    net_accept[] = {E(ECONNABORTED), E(EMFILE), E(ENFILE), E(ENOBUFS), E(ENOMEM), E(EINTR), E(EAGAIN), E(EPERM), E(EPROTO)},
    net_epoll[] = {E(EMFILE), E(ENFILE), E(ENOMEM)},
    net_watch[] = {E(ENOMEM), E(ENOSPC)},
    net_wait[] = {TIMEOUT, E(EINTR)},
    fd_pipe[] = {E(EMFILE), E(ENFILE)},
    fd_dup[] = {E(EMFILE)},
    fd_replace[] = {E(EBUSY), E(EINTR)},
    proc_fork[] = {E(EAGAIN), E(ENOMEM)},
    thread_call[] = {{"end", {FAULT_OTHER_CALLER, 0}, 0}},
    rpc_bind[] = {ON_THE_WAY},
    rpc_bind_ack[] = {
        ANSWER,
        /* C706 12.6.4.5, [MS-RPCE] 2.2.2.5 */
        NAK("not-specified", 0), NAK("temporary-congestion", 1), NAK("local-limit-exceeded", 2),
        NAK("protocol-version-not-supported", 4), NAK("authentication-type-not-recognized", 8),
        NAK("invalid-checksum", 9), NAK("unknown-reason", 0xffff),
        /* C706 12.6.3.1: p_cont_def_result_t, p_provider_reason_t */
        REJECT("by-user", 1, 0), REJECT("not-specified", 2, 0), REJECT("abstract-syntax", 2, 1),
        REJECT("transfer-syntaxes", 2, 2), REJECT("local-limit", 2, 3), REJECT("negotiate-ack", 3, 0),
        STATUS("access-denied", 5), STATUS("unspec", 0x1c000012)},
    rpc_request[] = {ON_THE_WAY},
    rpc_reply[] = {
        ANSWER, WIRE("context", WIRE_CONTEXT), WIRE("stub-long", WIRE_STUB_LONG), WIRE("stub-ones", WIRE_STUB_ONES),
        /* [MS-RPCE] 3.1.1.5.5, C706 appendix E */
        STATUS("comm-failure", 0x1c010001), STATUS("op-rng-error", 0x1c010002), STATUS("unk-if", 0x1c010003),
        STATUS("wrong-boot-time", 0x1c010006), STATUS("you-crashed", 0x1c010009), STATUS("proto-error", 0x1c01000b),
        STATUS("out-args-too-big", 0x1c010013), STATUS("server-too-busy", 0x1c010014),
        STATUS("string-too-long", 0x1c010015), STATUS("unsupported-type", 0x1c010017),
        STATUS("int-div-by-zero", 0x1c000001), STATUS("addr-error", 0x1c000002), STATUS("fp-div-zero", 0x1c000003),
        STATUS("fp-underflow", 0x1c000004), STATUS("fp-overflow", 0x1c000005), STATUS("invalid-tag", 0x1c000006),
        STATUS("invalid-bound", 0x1c000007), STATUS("rpc-version-mismatch", 0x1c000008),
        STATUS("unspec-reject", 0x1c000009), STATUS("bad-actid", 0x1c00000a),
        STATUS("who-are-you-failed", 0x1c00000b), STATUS("manager-not-entered", 0x1c00000c),
        STATUS("cancel", 0x1c00000d), STATUS("ill-inst", 0x1c00000e), STATUS("fp-error", 0x1c00000f),
        STATUS("int-overflow", 0x1c000010), STATUS("unspec", 0x1c000012),
        STATUS("remote-comm-failure", 0x1c000013), STATUS("pipe-empty", 0x1c000014),
        STATUS("pipe-closed", 0x1c000015), STATUS("pipe-order", 0x1c000016),
        STATUS("pipe-discipline", 0x1c000017), STATUS("pipe-comm-error", 0x1c000018),
        STATUS("pipe-memory", 0x1c000019), STATUS("context-mismatch", 0x1c00001a),
        STATUS("remote-no-memory", 0x1c00001b), STATUS("invalid-pres-context-id", 0x1c00001c),
        STATUS("unsupported-authn-level", 0x1c00001d), STATUS("invalid-checksum", 0x1c00001f),
        STATUS("invalid-crc", 0x1c000020), STATUS("user-defined", 0x1c000021),
        STATUS("tx-open-failed", 0x1c000022), STATUS("codeset-conv-error", 0x1c000023),
        STATUS("object-not-found", 0x1c000024), STATUS("no-client-stub", 0x1c000025),
        STATUS("access-denied", 5), STATUS("zero", 0), STATUS("access-violation", 0xc0000005)};

#define CLASS(name, kinds) {name, kinds, sizeof (kinds) / sizeof *(kinds)}
static const struct {
    const char *name;
    const struct kind *kinds;
    uint32_t count;
} classes[FAULT_ALL_CLASSES] = {
    [FAULT_MEM_ALLOC] = CLASS("mem.alloc", mem_alloc),
    [FAULT_MEM_MAP] = CLASS("mem.map", mem_map),
    [FAULT_MEM_LOCK] = CLASS("mem.lock", mem_lock),
    [FAULT_MEM_ADVISE] = CLASS("mem.advise", mem_advise),
    [FAULT_NET_SOCKET] = CLASS("net.socket", net_socket),
    [FAULT_NET_CONNECT] = CLASS("net.connect", net_connect),
    [FAULT_NET_SEND] = CLASS("net.send", net_send),
    [FAULT_NET_RECV] = CLASS("net.recv", net_recv),
    [FAULT_NET_POLL] = CLASS("net.poll", net_poll),
    [FAULT_NET_OPTION] = CLASS("net.option", net_option),
    [FAULT_NET_EVENT] = CLASS("net.event", net_event),
    [FAULT_NET_WAKE] = CLASS("net.wake", net_wake),
    [FAULT_NET_RESOLVE] = CLASS("net.resolve", net_resolve),
    [FAULT_FILE_OPEN] = CLASS("file.open", file_open),
    [FAULT_FILE_READ] = CLASS("file.read", file_read),
    [FAULT_FILE_WRITE] = CLASS("file.write", file_write),
    [FAULT_FILE_STAT] = CLASS("file.stat", file_stat),
    [FAULT_FILE_SYNC] = CLASS("file.sync", file_sync),
    [FAULT_FILE_RENAME] = CLASS("file.rename", file_rename),
    [FAULT_FILE_UNLINK] = CLASS("file.unlink", file_unlink),
    [FAULT_FILE_MKDIR] = CLASS("file.mkdir", file_mkdir),
    [FAULT_FILE_LIST] = CLASS("file.list", file_list),
    [FAULT_FILE_LOCK] = CLASS("file.lock", file_lock),
    [FAULT_RAND_GET] = CLASS("rand.get", rand_get),
    [FAULT_HOST_NAME] = CLASS("host.name", host_name),
    [FAULT_CRYPT_HASH] = CLASS("crypt.hash", crypt_hash),
    [FAULT_FILE_TRUNCATE] = CLASS("file.truncate", file_truncate),
    [FAULT_FILE_OWNER] = CLASS("file.owner", file_owner),
    [FAULT_FILE_PATH] = CLASS("file.path", file_path),
    [FAULT_OUT_WRITE] = CLASS("out.write", out_write),
    [FAULT_FILE_CREATE] = CLASS("file.create", file_create),
    [FAULT_FILE_OPENDIR] = CLASS("file.opendir", file_opendir),
    [FAULT_FILE_LOOKUP] = CLASS("file.lookup", file_lookup),
    [FAULT_FILE_CLOSE] = CLASS("file.close", file_close),
    [FAULT_THREAD_CALL] = CLASS("thread.call", thread_call),
    [FAULT_RPC_BIND] = CLASS("rpc.bind", rpc_bind),
    [FAULT_RPC_BIND_ACK] = CLASS("rpc.bind_ack", rpc_bind_ack),
    [FAULT_RPC_REQUEST] = CLASS("rpc.request", rpc_request),
    [FAULT_RPC_REPLY] = CLASS("rpc.reply", rpc_reply),
    [FAULT_NET_BIND] = CLASS("net.bind", net_bind),
    [FAULT_NET_LISTEN] = CLASS("net.listen", net_listen),
    [FAULT_NET_ACCEPT] = CLASS("net.accept", net_accept),
    [FAULT_NET_EPOLL] = CLASS("net.epoll", net_epoll),
    [FAULT_NET_WATCH] = CLASS("net.watch", net_watch),
    [FAULT_NET_WAIT] = CLASS("net.wait", net_wait),
    [FAULT_FD_PIPE] = CLASS("fd.pipe", fd_pipe),
    [FAULT_FD_DUP] = CLASS("fd.dup", fd_dup),
    [FAULT_FD_REPLACE] = CLASS("fd.replace", fd_replace),
    [FAULT_PROC_FORK] = CLASS("proc.fork", proc_fork),
};
/* clang-format on */

const char *fault_class_name(enum fault_class class)
{
    return classes[class].name;
}

uint32_t fault_kind_count(enum fault_class class)
{
    return classes[class].count;
}

const char *fault_kind_name(enum fault_class class, uint32_t kind)
{
    return classes[class].kinds[kind].name;
}

struct fault_effect fault_kind_effect(enum fault_class class, uint32_t kind)
{
    return classes[class].kinds[kind].effect;
}

/* "short-EIO" is "short", then "EIO". */
void fault_kind_parts(enum fault_class class, uint32_t kind, uint32_t out[FAULT_PARTS])
{
    static const char first[] = "short";
    const char *name = fault_kind_name(class, kind), *rest = name + sizeof first;
    out[0] = out[1] = kind;
    if (strncmp(name, "short-", sizeof first) != 0 ||
        fault_kind_effect(class, kind).action != FAULT_SHORT)
        return;
    out[0] = (uint32_t)fault_kind_find(class, first, sizeof first - 1);
    out[1] = (uint32_t)fault_kind_find(class, rest, strlen(rest));
}

uint32_t fault_kind_argument(enum fault_class class, uint32_t kind)
{
    return classes[class].kinds[kind].argument;
}

static bool same(const char *name, const char *text, size_t length)
{
    return strlen(name) == length && memcmp(name, text, length) == 0;
}

int fault_class_find_any(const char *name, size_t length)
{
    for (int i = 0; i < FAULT_ALL_CLASSES; i++)
        if (same(classes[i].name, name, length))
            return i;
    return -1;
}

int fault_class_find(const char *name, size_t length)
{
    int class = fault_class_find_any(name, length);
    return class < FAULT_CLASSES ? class : -1;
}

int fault_kind_find(enum fault_class class, const char *name, size_t length)
{
    for (uint32_t i = 0; i < classes[class].count; i++)
        if (same(classes[class].kinds[i].name, name, length))
            return (int)i;
    return -1;
}
