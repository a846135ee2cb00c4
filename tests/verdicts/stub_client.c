/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The stub's client: some of the functions of ntdsbcli.h; stub_absent.c has the rest.
 */
#include "stub.h"
#include "stub_wire.h"

#include "target/client/client.h"

#include <windows.h>

#include <ntdsbcli.h>

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { SLOTS = 8, TIMEOUT_MS = 30000, PASSWORD_BYTES = 4096, KIND_SHIFT = 32 };

struct context {
    bool backup, lost;
    int socket;
    uint8_t reply[STUB_MOST];
    size_t reply_bytes;
};

static struct {
    struct context *context[SLOTS];
    uint32_t generation[SLOTS];
} table;

static struct buffer {
    struct buffer *next;
    uint8_t bytes[8];
} * buffers;

static char *password;             /* a mapping of its own */
static void *volatile lost_memory; /* what is lost must be seen to be asked for */
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

void ntdsb_client_inspect(struct ntdsb_client_counts *out)
{
    *out = (struct ntdsb_client_counts){.identity_set = password != NULL};
    for (int i = 0; i < SLOTS; i++)
        out->live_handles += table.context[i] != NULL;
    for (const struct buffer *b = buffers; b != NULL; b = b->next)
        out->outstanding_buffers++;
}

static void forget_password(void)
{
    if (password == NULL)
        return;
    if (stub_bug != BUG_KEEPS_THE_PASSWORD)
        explicit_bzero(password, PASSWORD_BYTES);
    munmap(password, PASSWORD_BYTES);
    password = NULL;
}

static void destroy(struct context *c)
{
    if (c->socket >= 0)
        close(c->socket);
    void *again = c;
    __asm__ volatile("" : "+r"(again)); /* the compiler need not see that this is the same */
    free(c);
    if (stub_bug == BUG_FREES_TWICE)
        free(again);
}

void ntdsb_client_unload(void)
{
    for (int i = 0; i < SLOTS; i++) {
        if (table.context[i] != NULL)
            destroy(table.context[i]);
        table.context[i] = NULL;
        table.generation[i] = 0;
    }
    while (buffers != NULL) {
        struct buffer *next = buffers->next;
        free(buffers);
        buffers = next;
    }
    forget_password();
}

/* Handles: 1 + slot, generation, and a bit for the kind. */
static HBC handle_of(int slot)
{
    return (HBC)(uintptr_t)((uint64_t)(1 + slot) | (uint64_t)table.generation[slot] << 8 |
                            (uint64_t)table.context[slot]->backup << KIND_SHIFT);
}

static int find(HBC hbc, bool backup)
{
    for (int i = 0; i < SLOTS; i++)
        if (table.context[i] != NULL && table.context[i]->backup == backup && handle_of(i) == hbc)
            return i;
    return -1;
}

/* Calls ------------------------------------------------------------------------------------- */

static int32_t lose(struct context *c, int32_t code)
{
    c->lost = true;
    return code;
}

static int32_t receive(struct context *c, struct stub_pdu *out)
{
    c->reply_bytes = 0;
    for (;;) {
        ssize_t n = recv(c->socket, c->reply + c->reply_bytes, sizeof c->reply - c->reply_bytes, 0);
        if (n > 0)
            c->reply_bytes += (size_t)n;
        if (n > 0 && stub_decode(c->reply, c->reply_bytes, out) > 0)
            return out->code;
        if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
            return lose(c, RPC_S_CALL_FAILED);
        struct pollfd p = {.fd = c->socket, .events = POLLIN};
        if (n < 0 && errno == EAGAIN &&
            poll(&p, 1,
                 stub_bug == BUG_WAITS_FOR_EVER ? -1
                 : stub_bug == BUG_SLOW         ? 10 * TIMEOUT_MS
                                                : TIMEOUT_MS) == 0)
            return lose(c, RPC_S_CALL_FAILED);
    }
}

static int32_t call(struct context *c, enum stub_operation operation, const char *text,
                    struct stub_pdu *out)
{
    static uint8_t bytes[STUB_MOST];
    static uint8_t runs;
    struct stub_pdu in = {.type = STUB_REQUEST, .operation = (uint16_t)operation};
    in.data = (const uint8_t *)text;
    in.data_bytes = text != NULL ? strlen(text) : 0;
    if (stub_bug == BUG_DIFFERS && text == NULL) {
        static const uint8_t noise[8];
        in.data = noise;
        in.data_bytes = 1u + runs++ % sizeof noise;
    }
    if (c->lost)
        return RPC_S_CALL_FAILED_DNE;
    uint8_t *unwritten = stub_bug == BUG_SHOWS_MEMORY && text == NULL ? malloc(8) : NULL;
    if (unwritten != NULL) {
        in.data = unwritten;
        in.data_bytes = 8;
    }
    size_t n = stub_encode(&in, bytes), sent = 0;
    free(unwritten);
    while (sent < n) {
        ssize_t more = send(c->socket, bytes + sent, n - sent, MSG_NOSIGNAL);
        if (more < 0 && errno != EINTR && errno != EAGAIN)
            return lose(c, sent > 0 ? RPC_S_CALL_FAILED : RPC_S_CALL_FAILED_DNE);
        sent += more > 0 ? (size_t)more : 0;
    }
    return receive(c, out);
}

static int32_t open_context(bool backup, struct context **out)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = "/run/ntdsbsrvd/ncalrpc"};
    struct context *c = calloc(1, sizeof *c);
    if (c == NULL)
        return ERROR_NOT_ENOUGH_MEMORY;
    c->backup = backup;
    c->socket = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
    if (c->socket < 0 || connect(c->socket, (struct sockaddr *)&address, sizeof address) != 0) {
        destroy(c);
        return hrCouldNotConnect;
    }
    *out = c;
    return S_OK;
}

static int publish(struct context *c)
{
    int slot = 0;
    while (table.context[slot] != NULL)
        slot++;
    table.context[slot] = c;
    return slot;
}

static int32_t prepare(bool backup, PVOID *token, LPDWORD token_bytes, HBC *hbc)
{
    struct context *c;
    struct stub_pdu reply;
    struct buffer *b = NULL;
    *hbc = stub_bug == BUG_LEAVES_OUTPUT ? (HBC)1 : NULL;
    int32_t code = open_context(backup, &c);
    if (code != S_OK)
        return code;
    code = call(c, backup ? STUB_PREPARE : STUB_RESTORE_PREPARE, NULL, &reply);
    if (code == S_OK && backup) {
        static struct buffer spare;
        b = malloc(sizeof *b);
        if (b == NULL && stub_bug == BUG_SWALLOWS)
            b = &spare;
        code = b != NULL ? S_OK : ERROR_NOT_ENOUGH_MEMORY;
    }
    if (code != S_OK) {
        destroy(c);
        return code;
    }
    if (backup) {
        b->next = buffers;
        buffers = b;
        *token = b->bytes;
        *token_bytes = sizeof b->bytes;
    }
    int slot = publish(c);
    *hbc = handle_of(slot);
    if (stub_bug == BUG_LOCK_SPANS_CALLS)
        pthread_mutex_lock(&mutex);
    if (stub_bug == BUG_TWO_HANDLES) {
        struct context *other = calloc(1, sizeof *other);
        if (other != NULL)
            other->socket = -1, publish(other);
    }
    return S_OK;
}

static void misuse_locks(void)
{
    static pthread_mutex_t other;
    switch (stub_bug) {
    case BUG_LOCK_SPANS_CALLS:
        pthread_mutex_unlock(&mutex);
        break;
    case BUG_KEEPS_A_LOCK:
        pthread_mutex_lock(&mutex);
        break;
    case BUG_LOCKS_TWICE:
        pthread_mutex_lock(&mutex);
        pthread_mutex_lock(&mutex);
        pthread_mutex_unlock(&mutex);
        break;
    case BUG_UNLOCKS_TWICE:
        pthread_mutex_lock(&mutex);
        pthread_mutex_unlock(&mutex);
        pthread_mutex_unlock(&mutex);
        break;
    case BUG_DESTROYS_A_HELD_LOCK:
        pthread_mutex_init(&other, NULL);
        pthread_mutex_lock(&other);
        pthread_mutex_destroy(&other);
        pthread_mutex_unlock(&other);
        break;
    default:
        pthread_mutex_lock(&mutex);
        pthread_mutex_unlock(&mutex);
    }
}

static int32_t end(HBC hbc, bool backup)
{
    struct stub_pdu reply;
    int slot = find(hbc, backup);
    if (slot < 0 && stub_bug == BUG_ASKS_ABOUT_ANY_HANDLE) {
        struct context *c;
        if (open_context(backup, &c) == S_OK) {
            call(c, STUB_END, NULL, &reply);
            destroy(c);
        }
    }
    if (slot < 0)
        return stub_bug == BUG_STALE_HANDLE ? S_OK : ERROR_INVALID_PARAMETER;
    misuse_locks();
    struct context *c = table.context[slot];
    int32_t code = call(c, STUB_END, NULL, &reply);
    if (code == RPC_S_CALL_FAILED && stub_bug == BUG_END_NEEDS_THE_SERVER)
        return code;
    if (stub_bug == BUG_USES_A_CLOSED_SOCKET) {
        close(c->socket);
        send(c->socket, "", 1, MSG_NOSIGNAL);
        c->socket = -1;
    }
    table.context[slot] = NULL;
    table.generation[slot] += stub_bug != BUG_SAME_HANDLE_AGAIN;
    destroy(c);
    if (stub_bug == BUG_CLIENT_LEAKS)
        lost_memory = malloc(5);
    if (stub_bug == BUG_FREES_WHAT_IS_NOT_ITS_OWN) {
        void *foreign = &table;
        __asm__ volatile("" : "+r"(foreign)); /* the compiler need not see this */
        free(foreign);
    }
    while (stub_bug == BUG_LOOPS) {
        lost_memory = malloc(1);
        if (lost_memory == NULL)
            break;
        free(lost_memory);
    }
    return code;
}

/* The API ----------------------------------------------------------------------------------- */

HRESULT DsBackupPrepareW(LPCWSTR szBackupServer, ULONG grbit, ULONG btFlag, PVOID *ppvExpiryToken,
                         LPDWORD pcbExpiryTokenSize, HBC *phbc)
{
    (void)szBackupServer, (void)grbit, (void)btFlag;
    *ppvExpiryToken = NULL;
    *pcbExpiryTokenSize = 0;
    return prepare(true, ppvExpiryToken, pcbExpiryTokenSize, phbc);
}

HRESULT DsRestorePrepareW(LPCWSTR szServerName, ULONG rtFlag, PVOID pvExpiryToken,
                          DWORD cbExpiryTokenSize, HBC *phbc)
{
    (void)szServerName, (void)rtFlag, (void)pvExpiryToken, (void)cbExpiryTokenSize;
    return prepare(false, NULL, NULL, phbc);
}

HRESULT DsIsNTDSOnlineW(LPCWSTR szServerName, WINBOOL *pfNTDSOnline)
{
    (void)szServerName;
    struct context *c;
    struct stub_pdu reply;
    int32_t code = open_context(false, &c);
    if (code != S_OK)
        return code;
    code = call(c, STUB_ONLINE, NULL, &reply);
    if (code == S_OK)
        *pfNTDSOnline = stub_bug == BUG_ODD_ANSWER ? 7 : reply.number != 0;
    destroy(c);
    return code;
}

HRESULT DsBackupOpenFileA(HBC hbc, LPCSTR szAttachmentName, DWORD cbReadHintSize,
                          LARGE_INTEGER *pliFileSize)
{
    (void)cbReadHintSize;
    struct stub_pdu reply;
    int slot = find(hbc, true);
    if (slot < 0)
        return ERROR_INVALID_PARAMETER;
    pliFileSize->QuadPart = 0;
    int32_t code = call(table.context[slot], STUB_OPEN, szAttachmentName, &reply);
    if (code == S_OK)
        pliFileSize->QuadPart = reply.number;
    return code;
}

HRESULT DsBackupRead(HBC hbc, PVOID pvBuffer, DWORD cbBuffer, PDWORD pcbRead)
{
    struct stub_pdu reply;
    if (stub_bug == BUG_TOUCHES_OUTPUT)
        *pcbRead = 0;
    int slot = find(hbc, true);
    if (slot < 0)
        return ERROR_INVALID_PARAMETER;
    *pcbRead = 0;
    int32_t code = call(table.context[slot], STUB_READ, NULL, &reply);
    if (code != S_OK)
        return code;
    memcpy(pvBuffer, reply.data, reply.data_bytes < cbBuffer ? reply.data_bytes : cbBuffer);
    *pcbRead = stub_bug == BUG_COUNT_TOO_LARGE ? cbBuffer + 1 : (DWORD)reply.data_bytes;
    return S_OK;
}

HRESULT DsBackupClose(HBC hbc)
{
    struct stub_pdu reply;
    int slot = find(hbc, true);
    return slot < 0 ? ERROR_INVALID_PARAMETER : call(table.context[slot], STUB_CLOSE, NULL, &reply);
}

HRESULT DsBackupEnd(HBC hbc)
{
    return end(hbc, true);
}

HRESULT DsRestoreEnd(HBC hbc)
{
    return end(hbc, false);
}

HRESULT DsRestoreRegisterW(HBC hbc, LPCWSTR szCheckPointFilePath, LPCWSTR szLogPath,
                           EDB_RSTMAPW rgrstmap[], LONG crstmap, LPCWSTR szBackupLogPath,
                           ULONG genLow, ULONG genHigh)
{
    (void)szCheckPointFilePath, (void)szLogPath, (void)rgrstmap, (void)crstmap;
    (void)szBackupLogPath, (void)genLow, (void)genHigh;
    struct stub_pdu reply;
    int slot = find(hbc, false);
    return slot < 0 ? ERROR_INVALID_PARAMETER
                    : call(table.context[slot], STUB_REGISTER, NULL, &reply);
}

HRESULT DsRestoreRegisterComplete(HBC hbc, HRESULT hrRestoreState)
{
    (void)hrRestoreState;
    struct stub_pdu reply;
    int slot = find(hbc, false);
    return slot < 0 ? ERROR_INVALID_PARAMETER
                    : call(table.context[slot], STUB_COMPLETE, NULL, &reply);
}

HRESULT DsSetAuthIdentityA(LPCSTR szUserName, LPCSTR szDomainName, LPCSTR szPassword)
{
    (void)szUserName, (void)szDomainName;
    forget_password();
    size_t n = strlen(szPassword) + 1;
    password =
        mmap(NULL, PASSWORD_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (password == MAP_FAILED) {
        password = NULL;
        return ERROR_NOT_ENOUGH_MEMORY;
    }
    mlock(password, PASSWORD_BYTES);
    madvise(password, PASSWORD_BYTES, MADV_DONTDUMP);
    memcpy(password, szPassword, n);
    volatile char copy[64];
    for (size_t i = 0; i < n && stub_bug == BUG_COPIES_THE_PASSWORD; i++)
        copy[i] = szPassword[i];
    return S_OK;
}

HRESULT DsSetAuthIdentityW(LPCWSTR szUserName, LPCWSTR szDomainName, LPCWSTR szPassword)
{
    (void)szUserName, (void)szDomainName, (void)szPassword;
    forget_password();
    return S_OK;
}

VOID DsBackupFree(PVOID pvBuffer)
{
    for (struct buffer **link = &buffers; *link != NULL; link = &(*link)->next) {
        struct buffer *b = *link;
        if (b->bytes != pvBuffer || stub_bug == BUG_FREES_NOTHING)
            continue;
        *link = b->next;
        free(b);
        return;
    }
}
