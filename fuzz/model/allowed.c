/* SPDX-License-Identifier: Apache-2.0 */
#include "allowed.h"

#include "fuzz/program/codes.h"

#include <windows.h>

#include <ntdsbcli.h>

#include <string.h>

#define ON_CLIENT SIDE_CLIENT
#define ON_SERVER SIDE_SERVER
#define ANYWHERE  SIDE_ANY

enum { CALLS = WHEN_CONNECTING | WHEN_IN_SESSION, ALL = CALLS | WHEN_LOCAL | WHEN_STARTING };

/* clang-format off */
static const struct allowance rows[] = {
    /* Memory ---------------------------------------------------------------------------------- */
    {FAULT_MEM_ALLOC, "*", ON_CLIENT, CALLS | WHEN_LOCAL, EXACT_NEVER, CHOICE_EITHER, CHOICE_EITHER,
     {ERROR_NOT_ENOUGH_MEMORY}, CONTRACT_FAILURE_CLIENT_MEMORY, "out of memory on the client"},
    {FAULT_MEM_ALLOC, "*", ON_SERVER, WHEN_IN_SESSION, EXACT_NEVER, CHOICE_NO, CHOICE_EITHER,
     {ERROR_NOT_ENOUGH_SERVER_MEMORY, RPC_S_CALL_FAILED}, CONTRACT_FAILURE_SERVER_MEMORY, "out of memory on the server; where not even a fault can be built the connection ends"},
    {FAULT_MEM_ALLOC, "*", ON_SERVER, WHEN_CONNECTING, EXACT_NEVER, CHOICE_NO, CHOICE_EITHER,
     {ERROR_NOT_ENOUGH_SERVER_MEMORY, RPC_S_SERVER_TOO_BUSY, RPC_S_CALL_FAILED, RPC_S_CALL_FAILED_DNE}, CONTRACT_FAILURE_SERVER_MEMORY, "the same; bind_nak: local limit exceeded"},
    {FAULT_MEM_ALLOC, "*", ON_SERVER, WHEN_STARTING, EXACT_NEVER, CHOICE_NO, CHOICE_NO,
     {ERROR_NOT_ENOUGH_MEMORY, ERROR_NOT_ENOUGH_SERVER_MEMORY}, CONTRACT_SERVICE_REFUSES_TO_START, "the service does not start"},
    {FAULT_MEM_MAP, "*", ON_CLIENT, WHEN_LOCAL, EXACT_NEVER, CHOICE_NO, CHOICE_NO,
     {ERROR_NOT_ENOUGH_MEMORY}, CONTRACT_IDENTITY_LOCKED_MEMORY, "the pages of the identity"},
    {FAULT_MEM_LOCK, "*", ON_CLIENT, WHEN_LOCAL, EXACT_NEVER, CHOICE_NO, CHOICE_NO, {ERROR_NOT_ENOUGH_MEMORY}, CONTRACT_IDENTITY_LOCKED_MEMORY,
     "a password that may be swapped out is not kept"},
    {FAULT_MEM_ADVISE, "*", ON_CLIENT, WHEN_LOCAL, EXACT_NEVER, CHOICE_NO, CHOICE_NO, {ERROR_NOT_ENOUGH_MEMORY}, CONTRACT_IDENTITY_LOCKED_MEMORY,
     "nor one that may be dumped"},

    /* Sockets: the client's ------------------------------------------------------------------- */
    {FAULT_NET_SOCKET, "EMFILE ENFILE", ON_CLIENT, WHEN_CONNECTING, EXACT_NEVER, CHOICE_NO, CHOICE_NO,
     {RPC_S_OUT_OF_RESOURCES}, CONTRACT_FAILURE_CLIENT_DESCRIPTORS, "no descriptor left"},
    {FAULT_NET_SOCKET, "ENOMEM ENOBUFS", ON_CLIENT, WHEN_CONNECTING, EXACT_NEVER, CHOICE_NO, CHOICE_NO,
     {ERROR_NOT_ENOUGH_MEMORY}, CONTRACT_FAILURE_CLIENT_MEMORY, "no memory in the kernel"},
    {FAULT_NET_SOCKET, "EACCES", ON_CLIENT, WHEN_CONNECTING, EXACT_NEVER, CHOICE_NO, CHOICE_NO,
     {ERROR_ACCESS_DENIED}, CONTRACT_FAILURE_CLIENT_DENIED, "no right to open a socket"},
    {FAULT_NET_EVENT, "EMFILE ENFILE", ON_CLIENT, WHEN_CONNECTING, EXACT_NEVER, CHOICE_NO, CHOICE_NO,
     {RPC_S_OUT_OF_RESOURCES}, CONTRACT_FAILURE_CLIENT_DESCRIPTORS, "no descriptor left"},
    {FAULT_NET_EVENT, "ENOMEM", ON_CLIENT, WHEN_CONNECTING, EXACT_NEVER, CHOICE_NO, CHOICE_NO,
     {ERROR_NOT_ENOUGH_MEMORY}, CONTRACT_FAILURE_CLIENT_MEMORY, "no memory in the kernel"},
    {FAULT_NET_CONNECT, "ECONNREFUSED ENOENT ETIMEDOUT", ON_CLIENT, WHEN_CONNECTING, EXACT_NEVER, CHOICE_NO, CHOICE_NO,
     {hrCouldNotConnect}, CONTRACT_FAILURE_CONNECT, "nobody listens"},
    {FAULT_NET_CONNECT, "EACCES", ON_CLIENT, WHEN_CONNECTING, EXACT_NEVER, CHOICE_NO, CHOICE_NO,
     {ERROR_ACCESS_DENIED}, CONTRACT_FAILURE_CLIENT_DENIED, "no right to write to the socket"},
    {FAULT_NET_CONNECT, "EAGAIN", ON_CLIENT, WHEN_CONNECTING, EXACT_MAYBE, CHOICE_NO, CHOICE_NO,
     {hrCouldNotConnect}, CONTRACT_FAILURE_CONNECT, "the backlog is full: tried again until the deadline"},
    {FAULT_NET_CONNECT, "EINTR EINPROGRESS", ON_CLIENT, WHEN_CONNECTING, EXACT_MAYBE, CHOICE_NO, CHOICE_NO,
     {hrCouldNotConnect}, CONTRACT_FAILURE_CONNECT, "the connection is made all the same, and waited for"},
    {FAULT_NET_SEND, "EPIPE ECONNRESET ENOBUFS", ON_CLIENT, WHEN_IN_SESSION, EXACT_NEVER, CHOICE_NO, CHOICE_YES,
     {RPC_S_CALL_FAILED_DNE, RPC_S_CALL_FAILED}, CONTRACT_FAILURE_NOT_SENT, "the request did not go out, or not all of it"},
    {FAULT_NET_SEND, "EPIPE ECONNRESET ENOBUFS", ON_CLIENT, WHEN_CONNECTING, EXACT_NEVER, CHOICE_NO, CHOICE_YES,
     {RPC_S_CALL_FAILED_DNE, RPC_S_CALL_FAILED}, CONTRACT_FAILURE_NOT_SENT, "the same"},
    {FAULT_NET_SEND, "EINTR EAGAIN short", ON_CLIENT, CALLS, EXACT_ALWAYS, CHOICE_NO, CHOICE_NO, {0}, CONTRACT_FAILURE_RETRIED,
     "sent again, the rest later"},
    {FAULT_NET_RECV, "ECONNRESET eof ENOMEM", ON_CLIENT, WHEN_IN_SESSION, EXACT_NEVER, CHOICE_YES, CHOICE_YES,
     {RPC_S_CALL_FAILED}, CONTRACT_FAILURE_NO_REPLY, "the reply is lost, the server has acted"},
    {FAULT_NET_RECV, "ECONNRESET eof ENOMEM", ON_CLIENT, WHEN_CONNECTING, EXACT_NEVER, CHOICE_YES, CHOICE_YES,
     {RPC_S_CALL_FAILED, RPC_S_CALL_FAILED_DNE}, CONTRACT_FAILURE_NO_REPLY, "the same; DNE while binding"},
    {FAULT_NET_RECV, "EINTR EAGAIN short", ON_CLIENT, CALLS, EXACT_ALWAYS, CHOICE_NO, CHOICE_NO, {0}, CONTRACT_FAILURE_RETRIED,
     "received again, the rest later"},
    {FAULT_NET_POLL, "timeout ENOMEM", ON_CLIENT, WHEN_IN_SESSION, EXACT_NEVER, CHOICE_EITHER, CHOICE_YES,
     {RPC_S_CALL_FAILED, RPC_S_CALL_FAILED_DNE}, CONTRACT_TIME_DEADLINE, "the deadline has passed, or waiting is not possible"},
    {FAULT_NET_POLL, "timeout ENOMEM", ON_CLIENT, WHEN_CONNECTING, EXACT_MAYBE, CHOICE_EITHER, CHOICE_YES,
     {RPC_S_CALL_FAILED, RPC_S_CALL_FAILED_DNE, hrCouldNotConnect}, CONTRACT_TIME_DEADLINE, "the same; while a backlog is full it is but a pause"},
    {FAULT_NET_POLL, "EINTR EAGAIN", ON_CLIENT, CALLS, EXACT_ALWAYS, CHOICE_NO, CHOICE_NO, {0}, CONTRACT_FAILURE_RETRIED,
     "waited again"},
    {FAULT_NET_OPTION, "ECONNREFUSED", ON_CLIENT, WHEN_CONNECTING, EXACT_MAYBE, CHOICE_NO, CHOICE_NO,
     {hrCouldNotConnect}, CONTRACT_FAILURE_CONNECT, "SO_ERROR: connect() was in progress, and nobody listens"},
    {FAULT_NET_OPTION, "*", ON_CLIENT, WHEN_CONNECTING, EXACT_MAYBE, CHOICE_NO, CHOICE_NO,
     {ERROR_NOT_ENOUGH_MEMORY}, CONTRACT_FAILURE_CLIENT_MEMORY, "TCP_NODELAY is speed alone; SO_ERROR says how connect() ended"},
    {FAULT_NET_OPTION, "*", ON_CLIENT, WHEN_IN_SESSION, EXACT_MAYBE, CHOICE_NO, CHOICE_EITHER,
     {RPC_S_CALL_FAILED}, CONTRACT_FAILURE_NO_REPLY, "TCP_INFO says whether the peer has closed; who cannot know finds out by sending"},
    {FAULT_NET_WAKE, "*", ON_CLIENT, CALLS, EXACT_ALWAYS, CHOICE_NO, CHOICE_NO, {0}, CONTRACT_FAILURE_RETRIED,
     "the flag beside the eventfd says the same"},
    {FAULT_NET_RESOLVE, "EAI_MEMORY ENOMEM", ON_CLIENT, WHEN_CONNECTING, EXACT_NEVER, CHOICE_NO, CHOICE_NO,
     {ERROR_NOT_ENOUGH_MEMORY}, CONTRACT_FAILURE_CLIENT_MEMORY, "the resolver is out of memory"},
    {FAULT_NET_RESOLVE, "EMFILE ENFILE", ON_CLIENT, WHEN_CONNECTING, EXACT_NEVER, CHOICE_NO, CHOICE_NO,
     {RPC_S_OUT_OF_RESOURCES}, CONTRACT_FAILURE_CLIENT_DESCRIPTORS, "EAI_SYSTEM: the resolver finds no descriptor left"},
    {FAULT_NET_RESOLVE, "*", ON_CLIENT, WHEN_CONNECTING, EXACT_NEVER, CHOICE_NO, CHOICE_NO,
     {hrCouldNotConnect}, CONTRACT_FAILURE_CONNECT, "the name is not known"},
    {FAULT_HOST_NAME, "*", ON_CLIENT, WHEN_CONNECTING, EXACT_MAYBE, CHOICE_NO, CHOICE_NO,
     {hrCouldNotConnect}, CONTRACT_FAILURE_CONNECT, "the own name is not known: the resolver is asked"},

    /* Files: the server's --------------------------------------------------------------------- */
    {FAULT_FILE_OPEN, "EMFILE ENFILE", ON_SERVER, CALLS, EXACT_NEVER, CHOICE_NO, CHOICE_NO,
     {hrOutOfFileHandles}, CONTRACT_FAILURE_SERVER_DESCRIPTORS, "no descriptor left on the server"},
    {FAULT_FILE_OPEN, "ENOMEM", ON_SERVER, CALLS, EXACT_NEVER, CHOICE_NO, CHOICE_NO,
     {ERROR_NOT_ENOUGH_SERVER_MEMORY}, CONTRACT_FAILURE_SERVER_MEMORY, "no memory in the server's kernel"},
    {FAULT_FILE_OPEN, "EACCES", ON_SERVER, CALLS, EXACT_NEVER, CHOICE_NO, CHOICE_NO,
     {hrFileAccessDenied}, CONTRACT_FAILURE_SERVER_FILE_DENIED, "no right to the file"},
    {FAULT_FILE_OPEN, "EIO", ON_SERVER, CALLS, EXACT_NEVER, CHOICE_NO, CHOICE_NO,
     {hrDiskIO}, CONTRACT_FAILURE_SERVER_DISK, "the disk"},
    {FAULT_FILE_READ, "EIO", ON_SERVER, CALLS, EXACT_NEVER, CHOICE_NO, CHOICE_NO,
     {hrDiskIO}, CONTRACT_FAILURE_SERVER_DISK, "the disk"},
    {FAULT_FILE_READ, "short", ON_SERVER, CALLS | WHEN_STARTING, EXACT_ALWAYS, CHOICE_NO, CHOICE_NO, {0}, CONTRACT_FAILURE_RETRIED,
     "the rest is read later"},
    {FAULT_FILE_READ, "eof", ON_SERVER, CALLS, EXACT_MAYBE, CHOICE_NO, CHOICE_NO,
     {hrReadVerifyFailure}, CONTRACT_READ_SHRUNK, "the file has become shorter since it was opened; behind a short read that is the next one's to say"},
    {FAULT_FILE_STAT, "EIO", ON_SERVER, CALLS, EXACT_NEVER, CHOICE_NO, CHOICE_NO, {hrDiskIO}, CONTRACT_FAILURE_SERVER_DISK, "the disk"},
    {FAULT_FILE_STAT, "ENOMEM", ON_SERVER, CALLS, EXACT_NEVER, CHOICE_NO, CHOICE_NO,
     {ERROR_NOT_ENOUGH_SERVER_MEMORY}, CONTRACT_FAILURE_SERVER_MEMORY, "no memory in the server's kernel"},
    {FAULT_FILE_STAT, "EACCES", ON_SERVER, CALLS, EXACT_NEVER, CHOICE_NO, CHOICE_NO, {hrFileAccessDenied}, CONTRACT_FAILURE_SERVER_FILE_DENIED, "no right"},
    {FAULT_FILE_WRITE, "ENOSPC EDQUOT EFBIG", ON_SERVER, CALLS, EXACT_NEVER, CHOICE_EITHER, CHOICE_NO, {hrDiskFull}, CONTRACT_FAILURE_SERVER_DISK_FULL, "the disk is full, or the file may not grow"},
    {FAULT_FILE_WRITE, "EIO", ON_SERVER, CALLS, EXACT_NEVER, CHOICE_EITHER, CHOICE_NO, {hrDiskIO}, CONTRACT_FAILURE_SERVER_DISK, "the disk"},
    {FAULT_FILE_WRITE, "short", ON_SERVER, CALLS | WHEN_STARTING, EXACT_ALWAYS, CHOICE_NO, CHOICE_NO, {0}, CONTRACT_FAILURE_RETRIED, "the rest is written later"},
    {FAULT_FILE_SYNC, "ENOSPC", ON_SERVER, CALLS, EXACT_NEVER, CHOICE_EITHER, CHOICE_NO, {hrDiskFull}, CONTRACT_FAILURE_SERVER_DISK_FULL, "what was written may not last"},
    {FAULT_FILE_SYNC, "EIO", ON_SERVER, CALLS, EXACT_NEVER, CHOICE_EITHER, CHOICE_NO, {hrDiskIO}, CONTRACT_FAILURE_SERVER_DISK, "what was written may not last"},
    {FAULT_FILE_RENAME, "EIO", ON_SERVER, CALLS, EXACT_NEVER, CHOICE_EITHER, CHOICE_NO, {hrDiskIO}, CONTRACT_FAILURE_SERVER_DISK, "the disk"},
    {FAULT_FILE_RENAME, "ENOSPC", ON_SERVER, CALLS, EXACT_NEVER, CHOICE_EITHER, CHOICE_NO, {hrDiskFull}, CONTRACT_FAILURE_SERVER_DISK_FULL, "the disk is full"},
    {FAULT_FILE_RENAME, "EACCES", ON_SERVER, CALLS, EXACT_NEVER, CHOICE_EITHER, CHOICE_NO, {hrFileAccessDenied}, CONTRACT_FAILURE_SERVER_FILE_DENIED, "no right"},
    {FAULT_FILE_UNLINK, "EIO", ON_SERVER, CALLS, EXACT_NEVER, CHOICE_EITHER, CHOICE_NO, {hrDiskIO}, CONTRACT_FAILURE_SERVER_DISK, "the disk"},
    {FAULT_FILE_UNLINK, "EACCES", ON_SERVER, CALLS, EXACT_NEVER, CHOICE_EITHER, CHOICE_NO, {hrFileAccessDenied}, CONTRACT_FAILURE_SERVER_FILE_DENIED, "no right"},
    {FAULT_FILE_UNLINK, "EBUSY", ON_SERVER, CALLS, EXACT_NEVER, CHOICE_EITHER, CHOICE_NO, {hrDiskIO}, CONTRACT_FAILURE_SERVER_DISK, "in use"},
    {FAULT_FILE_LIST, "EIO", ON_SERVER, CALLS, EXACT_NEVER, CHOICE_NO, CHOICE_NO, {hrDiskIO}, CONTRACT_FAILURE_SERVER_DISK, "the disk"},
    {FAULT_FILE_LIST, "ENOMEM", ON_SERVER, CALLS, EXACT_NEVER, CHOICE_NO, CHOICE_NO, {ERROR_NOT_ENOUGH_SERVER_MEMORY}, CONTRACT_FAILURE_SERVER_MEMORY, "no memory in the server's kernel"},
    {FAULT_FILE_OPEN, "EINTR", ON_SERVER, ALL, EXACT_ALWAYS, CHOICE_NO, CHOICE_NO, {0}, CONTRACT_FAILURE_RETRIED, "tried again"},
    {FAULT_FILE_READ, "EINTR", ON_SERVER, ALL, EXACT_ALWAYS, CHOICE_NO, CHOICE_NO, {0}, CONTRACT_FAILURE_RETRIED, "tried again"},
    {FAULT_FILE_WRITE, "EINTR", ON_SERVER, ALL, EXACT_ALWAYS, CHOICE_NO, CHOICE_NO, {0}, CONTRACT_FAILURE_RETRIED, "tried again"},
    {FAULT_FILE_SYNC, "EINTR", ON_SERVER, ALL, EXACT_ALWAYS, CHOICE_NO, CHOICE_NO, {0}, CONTRACT_FAILURE_RETRIED, "tried again"},
    {FAULT_FILE_LOCK, "EINTR", ON_SERVER, WHEN_STARTING, EXACT_ALWAYS, CHOICE_NO, CHOICE_NO, {0}, CONTRACT_FAILURE_RETRIED, "tried again"},
    {FAULT_RAND_GET, "EINTR short", ON_SERVER, ALL, EXACT_ALWAYS, CHOICE_NO, CHOICE_NO, {0}, CONTRACT_FAILURE_RETRIED, "the rest is asked for again"},
    {FAULT_RAND_GET, "ENOSYS", ON_SERVER, WHEN_CONNECTING, EXACT_NEVER, CHOICE_NO, CHOICE_NO,
     {ERROR_NOT_ENOUGH_SERVER_MEMORY, RPC_S_SERVER_TOO_BUSY, RPC_S_CALL_FAILED_DNE}, CONTRACT_FAILURE_SERVER_RANDOM, "no context handle without random bytes"},
    {FAULT_CRYPT_HASH, "ENOMEM", ON_SERVER, WHEN_CONNECTING, EXACT_NEVER, CHOICE_NO, CHOICE_NO, {RPC_S_SERVER_TOO_BUSY}, CONTRACT_FAILURE_SERVER_PASSWORD,
     "a password that nobody could check: bind_nak, local limit exceeded"},
    {FAULT_CRYPT_HASH, "*", ON_SERVER, WHEN_CONNECTING, EXACT_NEVER, CHOICE_NO, CHOICE_NO, {ERROR_ACCESS_DENIED}, CONTRACT_FAILURE_SERVER_PASSWORD,
     "a password that cannot be checked is wrong"},

    /* The machine stops at a file operation, and the service comes back on what is left ------ */
    {FAULT_FILE_WRITE, "crash", ON_SERVER, CALLS, EXACT_NEVER, CHOICE_EITHER, CHOICE_YES, {RPC_S_CALL_FAILED, RPC_S_CALL_FAILED_DNE}, CONTRACT_FAILURE_SERVER_DIES, "the server died in mid-call"},
    {FAULT_FILE_SYNC, "crash", ON_SERVER, CALLS, EXACT_NEVER, CHOICE_EITHER, CHOICE_YES, {RPC_S_CALL_FAILED, RPC_S_CALL_FAILED_DNE}, CONTRACT_FAILURE_SERVER_DIES, "the server died in mid-call"},
    {FAULT_FILE_RENAME, "crash", ON_SERVER, CALLS, EXACT_NEVER, CHOICE_EITHER, CHOICE_YES, {RPC_S_CALL_FAILED, RPC_S_CALL_FAILED_DNE}, CONTRACT_FAILURE_SERVER_DIES, "the server died in mid-call"},
    {FAULT_FILE_UNLINK, "crash", ON_SERVER, CALLS, EXACT_NEVER, CHOICE_EITHER, CHOICE_YES, {RPC_S_CALL_FAILED, RPC_S_CALL_FAILED_DNE}, CONTRACT_FAILURE_SERVER_DIES, "the server died in mid-call"},
    {FAULT_FILE_MKDIR, "crash", ON_SERVER, CALLS, EXACT_NEVER, CHOICE_EITHER, CHOICE_YES, {RPC_S_CALL_FAILED, RPC_S_CALL_FAILED_DNE}, CONTRACT_FAILURE_SERVER_DIES, "the server died in mid-call"},

    /* Starting: refused rather than guessed ---------------------------------------------------- */
    {FAULT_RAND_GET, "*", ON_SERVER, WHEN_STARTING, EXACT_MAYBE, CHOICE_NO, CHOICE_NO, {CODE_ANY_FAILURE}, CONTRACT_SERVICE_REFUSES_TO_START, "the service does not start"},
    {FAULT_FILE_OPEN, "*", ON_SERVER, WHEN_STARTING, EXACT_MAYBE, CHOICE_NO, CHOICE_NO, {CODE_ANY_FAILURE}, CONTRACT_SERVICE_REFUSES_TO_START, "the service does not start; a file that may be missing is made"},
    {FAULT_FILE_READ, "*", ON_SERVER, WHEN_STARTING, EXACT_NEVER, CHOICE_NO, CHOICE_NO, {CODE_ANY_FAILURE}, CONTRACT_SERVICE_REFUSES_TO_START, "the service does not start"},
    {FAULT_FILE_WRITE, "*", ON_SERVER, WHEN_STARTING, EXACT_NEVER, CHOICE_NO, CHOICE_NO, {CODE_ANY_FAILURE}, CONTRACT_SERVICE_REFUSES_TO_START, "the service does not start"},
    {FAULT_FILE_STAT, "*", ON_SERVER, WHEN_STARTING, EXACT_NEVER, CHOICE_NO, CHOICE_NO, {CODE_ANY_FAILURE}, CONTRACT_SERVICE_REFUSES_TO_START, "the service does not start"},
    {FAULT_FILE_SYNC, "*", ON_SERVER, WHEN_STARTING, EXACT_NEVER, CHOICE_NO, CHOICE_NO, {CODE_ANY_FAILURE}, CONTRACT_SERVICE_REFUSES_TO_START, "the service does not start"},
    {FAULT_FILE_RENAME, "*", ON_SERVER, WHEN_STARTING, EXACT_NEVER, CHOICE_NO, CHOICE_NO, {CODE_ANY_FAILURE}, CONTRACT_SERVICE_REFUSES_TO_START, "the service does not start"},
    {FAULT_FILE_UNLINK, "*", ON_SERVER, WHEN_STARTING, EXACT_MAYBE, CHOICE_NO, CHOICE_NO, {CODE_ANY_FAILURE}, CONTRACT_SERVICE_REFUSES_TO_START, "the service does not start"},
    {FAULT_FILE_MKDIR, "*", ON_SERVER, WHEN_STARTING, EXACT_NEVER, CHOICE_NO, CHOICE_NO, {CODE_ANY_FAILURE}, CONTRACT_SERVICE_REFUSES_TO_START, "the service does not start"},
    {FAULT_FILE_LIST, "*", ON_SERVER, WHEN_STARTING, EXACT_NEVER, CHOICE_NO, CHOICE_NO, {CODE_ANY_FAILURE}, CONTRACT_SERVICE_REFUSES_TO_START, "the service does not start"},
    {FAULT_FILE_LOCK, "*", ON_SERVER, WHEN_STARTING, EXACT_NEVER, CHOICE_NO, CHOICE_NO, {CODE_ANY_FAILURE}, CONTRACT_SERVICE_REFUSES_TO_START, "another service has the store"},

    /* The wire, before the server has seen the PDU --------------------------------------------- */
    {FAULT_RPC_BIND, "*", ANYWHERE, WHEN_CONNECTING, EXACT_NEVER, CHOICE_NO, CHOICE_YES, {RPC_S_CALL_FAILED_DNE}, CONTRACT_FAILURE_NOT_SENT, "no bind, no call"},
    {FAULT_RPC_REQUEST, "*", ANYWHERE, CALLS, EXACT_NEVER, CHOICE_NO, CHOICE_YES, {RPC_S_CALL_FAILED}, CONTRACT_FAILURE_NO_REPLY, "sent, and no reply"},

    /* The wire, after the server has acted ------------------------------------------------------ */
    {FAULT_RPC_BIND_ACK, "duplicate", ANYWHERE, WHEN_CONNECTING, EXACT_NEVER, CHOICE_NO, CHOICE_YES, {RPC_S_PROTOCOL_ERROR}, CONTRACT_FAILURE_PROTOCOL, "an answer that nobody asked for"},
    {FAULT_RPC_BIND_ACK, "nak-* reject-*", ANYWHERE, WHEN_CONNECTING, EXACT_NEVER, CHOICE_NO, CHOICE_YES, {CODE_OF_REASON}, CONTRACT_FAILURE_BIND_REFUSED, "the server refuses the bind"},
    {FAULT_RPC_BIND_ACK, "fault-*", ANYWHERE, WHEN_CONNECTING, EXACT_NEVER, CHOICE_NO, CHOICE_YES, {CODE_OF_STATUS}, CONTRACT_FAILURE_STATUS, "a fault for a bind"},
    {FAULT_RPC_BIND_ACK, "call-id version flags type length stub-short", ANYWHERE, WHEN_CONNECTING, EXACT_NEVER, CHOICE_NO, CHOICE_YES, {RPC_S_PROTOCOL_ERROR}, CONTRACT_FAILURE_PROTOCOL, "a peer that breaks the protocol"},
    {FAULT_RPC_BIND_ACK, "*", ANYWHERE, WHEN_CONNECTING, EXACT_NEVER, CHOICE_NO, CHOICE_YES, {RPC_S_CALL_FAILED_DNE}, CONTRACT_FAILURE_NOT_SENT, "the answer does not come, or not whole"},
    {FAULT_RPC_REPLY, "duplicate", ANYWHERE, CALLS, EXACT_MAYBE, CHOICE_YES, CHOICE_EITHER, {RPC_S_PROTOCOL_ERROR, RPC_X_BAD_STUB_DATA}, CONTRACT_SESSION_STRAY_ANSWER, "the second is of a call that is over: the next call fails; a fragment that comes twice fails this one"},
    {FAULT_RPC_REPLY, "fault-*", ANYWHERE, CALLS, EXACT_NEVER, CHOICE_YES, CHOICE_NO, {CODE_OF_STATUS}, CONTRACT_FAILURE_STATUS, "a fault PDU"},
    {FAULT_RPC_REPLY, "stub-ones", ANYWHERE, CALLS, EXACT_MAYBE, CHOICE_YES, CHOICE_NO, {RPC_X_BAD_STUB_DATA, -1}, CONTRACT_FAILURE_BAD_REPLY, "a reply that cannot be decoded; a result of all ones; in the middle of data it is data"},
    {FAULT_RPC_REPLY, "stub-long", ANYWHERE, CALLS, EXACT_NEVER, CHOICE_YES, CHOICE_EITHER, {RPC_X_BAD_STUB_DATA, RPC_S_PROTOCOL_ERROR}, CONTRACT_FAILURE_BAD_REPLY, "the same; longer than a fragment may be"},
    {FAULT_RPC_REPLY, "stub-*", ANYWHERE, CALLS, EXACT_NEVER, CHOICE_EITHER, CHOICE_EITHER, {RPC_X_BAD_STUB_DATA, RPC_S_PROTOCOL_ERROR}, CONTRACT_FAILURE_BAD_REPLY, "a reply that cannot be decoded; half a fault PDU is none"},
    {FAULT_RPC_REPLY, "flags", ANYWHERE, CALLS, EXACT_MAYBE, CHOICE_YES, CHOICE_YES, {RPC_S_PROTOCOL_ERROR, RPC_S_CALL_FAILED}, CONTRACT_FAILURE_PROTOCOL, "a peer that breaks the protocol; fragments in the middle have neither flag; a last one without is waited for"},
    {FAULT_RPC_REPLY, "call-id version type length context", ANYWHERE, CALLS, EXACT_NEVER, CHOICE_YES, CHOICE_YES, {RPC_S_PROTOCOL_ERROR}, CONTRACT_FAILURE_PROTOCOL, "a peer that breaks the protocol"},
    {FAULT_RPC_REPLY, "lost late", ANYWHERE, CALLS, EXACT_NEVER, CHOICE_YES, CHOICE_EITHER, {RPC_S_CALL_FAILED, RPC_S_PROTOCOL_ERROR, RPC_X_BAD_STUB_DATA}, CONTRACT_FAILURE_NO_REPLY, "the same; of several fragments one is missing"},
    {FAULT_RPC_REPLY, "*", ANYWHERE, CALLS, EXACT_NEVER, CHOICE_YES, CHOICE_YES, {RPC_S_CALL_FAILED}, CONTRACT_FAILURE_NO_REPLY, "the server has acted, and the reply does not come, or not whole"},
};
/* clang-format on */

/* [MS-RPCE] 3.1.1.5.5; what is not in its table is passed through. */
static const struct {
    uint32_t status;
    int32_t code;
} statuses[] = {
    {0x1c010001, RPC_S_COMM_FAILURE},
    {0x1c010002, RPC_S_PROCNUM_OUT_OF_RANGE},
    {0x1c010003, RPC_S_UNKNOWN_IF},
    {0x1c010009, RPC_S_CALL_FAILED},
    {0x1c01000b, RPC_S_PROTOCOL_ERROR},
    {0x1c010013, ERROR_NOT_ENOUGH_SERVER_MEMORY},
    {0x1c010014, RPC_S_SERVER_TOO_BUSY},
    {0x1c010017, RPC_S_UNSUPPORTED_TYPE},
    {0x1c000001, 1767},
    {0x1c000002, 1768},
    {0x1c000003, 1769},
    {0x1c000004, 1770},
    {0x1c000005, 1771},
    {0x1c000006, 1733},
    {0x1c000007, 1734},
    {0x1c000008, RPC_S_PROTOCOL_ERROR},
    {0x1c000009, RPC_S_CALL_FAILED},
    {0x1c00000a, RPC_S_CALL_FAILED_DNE},
    {0x1c00000b, RPC_S_CALL_FAILED},
    {0x1c00000c, RPC_S_CALL_FAILED_DNE},
    {0x1c00000d, RPC_S_CALL_CANCELLED},
    {0x1c00000e, 1768},
    {0x1c00000f, 1771},
    {0x1c000010, 1768},
    {0x1c000012, RPC_S_CALL_FAILED},
    {0x1c000014, 1918},
    {0x1c000015, 1916},
    {0x1c000016, 1831},
    {0x1c000017, 1917},
    {0x1c000018, RPC_S_COMM_FAILURE},
    {0x1c000019, 14},
    {0x1c00001a, 6},
    {0x1c00001b, ERROR_NOT_ENOUGH_SERVER_MEMORY},
    {0x1c00001c, RPC_S_PROTOCOL_ERROR},
    {0x1c00001d, 1821},
    {0x1c00001f, RPC_S_CALL_FAILED_DNE},
    {0x1c000020, RPC_S_CALL_FAILED_DNE},
    /* Must not be sent, [MS-RPCE] 3.3.3.5.1 */
    {0, RPC_S_PROTOCOL_ERROR},
    {0xc0000005, RPC_S_PROTOCOL_ERROR},
};

/* By the name of the kind: bind_nak reasons and results of a presentation context. */
static const struct {
    const char *kind;
    int32_t code;
} reasons[] = {
    {"nak-temporary-congestion", RPC_S_SERVER_TOO_BUSY},
    {"nak-local-limit-exceeded", RPC_S_SERVER_TOO_BUSY},
    {"nak-protocol-version-not-supported", RPC_S_PROTOCOL_ERROR},
    {"nak-authentication-type-not-recognized", RPC_S_UNKNOWN_AUTHN_SERVICE},
    {"nak-invalid-checksum", ERROR_ACCESS_DENIED},
    {"reject-by-user", ERROR_ACCESS_DENIED},
    {"reject-abstract-syntax", RPC_S_UNKNOWN_IF},
    {"reject-transfer-syntaxes", RPC_S_UNSUPPORTED_TRANS_SYN},
    {"reject-local-limit", RPC_S_SERVER_TOO_BUSY},
    {"reject-negotiate-ack", RPC_S_PROTOCOL_ERROR},
};

static int32_t code_of_status(uint32_t status)
{
    for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++)
        if (statuses[i].status == status)
            return statuses[i].code;
    return (int32_t)status;
}

static int32_t code_of_reason(const char *kind)
{
    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++)
        if (strcmp(reasons[i].kind, kind) == 0)
            return reasons[i].code;
    return RPC_S_CALL_FAILED_DNE;
}

/* Whether the kind is in the list of names. */
static bool fits(const char *kinds, const char *kind)
{
    for (size_t n; *kinds != '\0'; kinds += n + (kinds[n] == ' ')) {
        n = strcspn(kinds, " ");
        if (kinds[n - 1] == '*' ? strncmp(kinds, kind, n - 1) == 0
                                : strlen(kind) == n && memcmp(kinds, kind, n) == 0)
            return true;
    }
    return false;
}

const struct allowance *allowed_find(const struct fault_firing *f, enum allowed_when when)
{
    /* On the wire nobody's code runs. */
    unsigned side = f->class >= FAULT_RPC_BIND ? SIDE_ANY : 1u << f->side;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct allowance *a = &rows[i];
        if (a->class == f->class && a->side & side && a->when & (uint8_t)when &&
            fits(a->kinds, fault_kind_name(f->class, f->kind)))
            return a;
    }
    return NULL;
}

bool allowed_code(const struct allowance *a, const struct fault_firing *f, int32_t code)
{
    for (size_t i = 0; i < ALLOWED_CODES && a->codes[i] != 0; i++) {
        switch (a->codes[i]) {
        case CODE_OF_STATUS:
            if (code == code_of_status(fault_kind_argument(f->class, f->kind)))
                return true;
            break;
        case CODE_OF_REASON:
            if (code == code_of_reason(fault_kind_name(f->class, f->kind)))
                return true;
            break;
        case CODE_ANY_FAILURE:
            if (code != S_OK)
                return true;
            break;
        default:
            if (code == a->codes[i])
                return true;
        }
    }
    return false;
}

const char *allowed_why(enum fault_class class, uint32_t kind)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (rows[i].class == class && rows[i].exact != EXACT_NEVER &&
            fits(rows[i].kinds, fault_kind_name(class, kind)))
            return rows[i].why;
    return "";
}

/* For people --------------------------------------------------------------------------------- */

static const char *const when_names[] = {"connecting", "in session", "local", "starting"};

static void print_codes(const struct allowance *a, FILE *out)
{
    const char *separator = "";
    if (a->exact != EXACT_NEVER) {
        fputs(a->exact == EXACT_ALWAYS ? "as without it" : "as without it, or ", out);
    }
    for (size_t i = 0; i < ALLOWED_CODES && a->codes[i] != 0; i++) {
        fputs(separator, out);
        separator = ", ";
        if (a->codes[i] == CODE_OF_STATUS)
            fputs("the code of the status", out);
        else if (a->codes[i] == CODE_OF_REASON)
            fputs("the code of the reason", out);
        else if (a->codes[i] == CODE_ANY_FAILURE)
            fputs("any failure", out);
        else
            fputs(code_text(a->codes[i]), out);
    }
}

static const char *choice(enum allowed_choice c)
{
    return c == CHOICE_NO ? "no" : c == CHOICE_YES ? "yes" : "perhaps";
}

void allowed_print(FILE *out)
{
    fputs("| fault | kinds | side | calls | the call returns | acted | association lost | rule | "
          "because "
          "|\n"
          "|---|---|---|---|---|---|---|---|---|\n",
          out);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct allowance *a = &rows[i];
        fprintf(out, "| `%s` | %s | %s | ", fault_class_name(a->class), a->kinds,
                a->side == SIDE_CLIENT   ? "client"
                : a->side == SIDE_SERVER ? "server"
                                         : "wire");
        const char *separator = "";
        for (unsigned w = 0; w < 4; w++) {
            if (a->when & 1 << w) {
                fprintf(out, "%s%s", separator, when_names[w]);
                separator = ", ";
            }
        }
        fputs(" | ", out);
        print_codes(a, out);
        bool fails = a->codes[0] != 0;
        fprintf(out, " | %s | %s | `%s` | %s |\n", fails ? choice(a->acted) : "",
                fails ? choice(a->lost) : "", contract_rule_name(a->rule), a->why);
    }
}
