/* SPDX-License-Identifier: Apache-2.0 */
/*
 * End against a call that is under way, calls of many threads on one handle, and unloading. What is
 * not shown here: fairness among waiting calls.
 */
#include "tests/support/api_server.h"
#include "tests/support/test.h"

enum { READ_BYTES = 24576 };

/* Prepare, then a request that is not answered until it is abandoned, then End. */
static void silent_script(struct canned_server *s, int fd)
{
    canned_accept_bind(s, fd);
    canned_hear_type(s, fd, PDU_REQUEST, 2);
    api_say_stub(fd, 2, PREPARED);
    canned_hear_type(s, fd, PDU_REQUEST, 3);
    sem_post(&s->reached);
    canned_hear_type(s, fd, PDU_ORPHANED, 3);
    canned_hear_type(s, fd, PDU_REQUEST, 4);
    canned_require(s->pdu[22] == 1); /* opnum: End */
    api_say_stub(fd, 4, ENDED);
    canned_require(canned_hear(s, fd) == 0);
}

static HBC prepare_on(struct canned_server *s)
{
    char binding[160];
    PVOID token = NULL;
    DWORD bytes;
    HBC hbc = NULL;
    snprintf(binding, sizeof binding, "ncalrpc:[%s]", s->endpoint.path);
    setenv("NTDSBCLI_ENDPOINT", binding, 1);
    assert_int_equal(DsBackupPrepareA(".", 0, BACKUP_TYPE_FULL, &token, &bytes, &hbc), S_OK);
    DsBackupFree(token);
    return hbc;
}

struct reader {
    HBC hbc;
    HRESULT result;
    DWORD count;
};

static void *read_once(void *argument)
{
    struct reader *r = argument;
    unsigned char *data = malloc(READ_BYTES);
    r->count = 77;
    r->result = DsBackupRead(r->hbc, data, READ_BYTES, &r->count);
    free(data);
    return NULL;
}

/* contract: end.concurrent */
TEST(end_cancels_the_call_under_way_and_those_that_wait)
{
    struct canned_server s;
    struct reader readers[4];
    pthread_t threads[4];
    canned_start(&s, RPC_NCALRPC, silent_script);
    HBC hbc = prepare_on(&s);
    for (int i = 0; i < 4; i++) {
        readers[i] = (struct reader){.hbc = hbc};
        assert_int_equal(pthread_create(&threads[i], NULL, read_once, &readers[i]), 0);
    }
    sem_wait(&s.reached);
    assert_int_equal(DsBackupEnd(hbc), S_OK);
    /* End has waited: nothing of the session is left when it returns. */
    assert_nothing_left();
    for (int i = 0; i < 4; i++) {
        pthread_join(threads[i], NULL);
        /* A thread that had not yet come in when the handle ended finds no handle. */
        if (readers[i].result == ERROR_INVALID_PARAMETER) {
            assert_int_equal(readers[i].count, 77);
            continue;
        }
        assert_int_equal(readers[i].result, RPC_S_CALL_CANCELLED);
        assert_int_equal(readers[i].count, 0);
    }
    canned_join(&s);
}

static void *end_once(void *argument)
{
    struct reader *r = argument;
    r->result = DsBackupEnd(r->hbc);
    return NULL;
}

TEST(of_two_ends_at_once_one_finds_no_handle)
{
    for (int round = 0; round < 50; round++) {
        struct api_server s;
        struct reader enders[2];
        pthread_t threads[2];
        HBC hbc = api_backup(&s, (const char *const[]){PREPARED, ENDED, NULL});
        for (int i = 0; i < 2; i++) {
            enders[i] = (struct reader){.hbc = hbc};
            assert_int_equal(pthread_create(&threads[i], NULL, end_once, &enders[i]), 0);
        }
        for (int i = 0; i < 2; i++)
            pthread_join(threads[i], NULL);
        assert_int_equal(enders[0].result + enders[1].result, ERROR_INVALID_PARAMETER);
        assert_true(enders[0].result == S_OK || enders[1].result == S_OK);
        api_join(&s);
        assert_nothing_left();
    }
}

/* Reads of one byte each; `expected_offset` runs up without a gap if the calls are serialised. */
enum { THREADS = 8, READS = 25 };

static void counting_script(struct canned_server *s, int fd)
{
    uint8_t call_id = 2;
    canned_accept_bind(s, fd);
    canned_hear_type(s, fd, PDU_REQUEST, call_id);
    api_say_stub(fd, call_id++, PREPARED);
    canned_hear_type(s, fd, PDU_REQUEST, call_id);
    api_say_stub(fd, call_id++, "e8030000 00000000 01000000 " OK); /* a file of 1000 bytes */
    for (unsigned i = 0; i < THREADS * READS; i++, call_id++) {
        canned_hear_type(s, fd, PDU_REQUEST, call_id);
        canned_require(s->pdu[56] == (uint8_t)i);
        api_say_stub(fd, call_id, "00600000 00000000 01000000 78000000 " OK);
    }
    canned_hear_type(s, fd, PDU_REQUEST, call_id);
    api_say_stub(fd, call_id, ENDED);
    canned_require(canned_hear(s, fd) == 0);
}

static void *read_many(void *argument)
{
    struct reader *r = argument;
    unsigned char *data = malloc(READ_BYTES);
    for (int i = 0; i < READS; i++) {
        HRESULT result = DsBackupRead(r->hbc, data, READ_BYTES, &r->count);
        if (result != S_OK || r->count != 1)
            r->result = result != S_OK ? result : hrError;
    }
    free(data);
    return NULL;
}

/* contract: handle.shared */
TEST(reads_of_many_threads_on_one_handle_run_one_after_the_other)
{
    struct canned_server s;
    struct reader readers[THREADS];
    pthread_t threads[THREADS];
    LARGE_INTEGER size;
    canned_start(&s, RPC_NCALRPC, counting_script);
    HBC hbc = prepare_on(&s);
    assert_int_equal(DsBackupOpenFileA(hbc, "x", READ_BYTES, &size), S_OK);
    for (int i = 0; i < THREADS; i++) {
        readers[i] = (struct reader){.hbc = hbc};
        assert_int_equal(pthread_create(&threads[i], NULL, read_many, &readers[i]), 0);
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
        assert_int_equal(readers[i].result, S_OK);
    }
    assert_int_equal(DsBackupEnd(hbc), S_OK);
    canned_join(&s);
    assert_nothing_left();
}

static void lost_script(struct canned_server *s, int fd)
{
    canned_accept_bind(s, fd);
    canned_hear_type(s, fd, PDU_REQUEST, 2);
    api_say_stub(fd, 2, PREPARED);
    canned_hear_type(s, fd, PDU_REQUEST, 3);
}

TEST(after_a_lost_association_calls_fail_at_once_and_end_cleans_up)
{
    struct canned_server s;
    LARGE_INTEGER size = {.QuadPart = 77};
    canned_start(&s, RPC_NCALRPC, lost_script);
    HBC hbc = prepare_on(&s);
    assert_int_equal(DsBackupOpenFileA(hbc, "x", READ_BYTES, &size), RPC_S_CALL_FAILED);
    assert_int_equal(size.QuadPart, 0);
    canned_join(&s);
    assert_int_equal(DsBackupTruncateLogs(hbc), RPC_S_CALL_FAILED_DNE);
    assert_int_equal(DsBackupClose(hbc), RPC_S_CALL_FAILED_DNE);
    assert_int_equal(DsBackupEnd(hbc), RPC_S_CALL_FAILED_DNE);
    assert_int_equal(DsBackupEnd(hbc), ERROR_INVALID_PARAMETER);
    assert_nothing_left();
}

TEST(unload_closes_forgets_and_frees_everything)
{
    struct api_server s;
    struct ntdsb_client_counts counts;
    LPWSTR list = NULL;
    DWORD bytes;
    HBC hbc = api_backup(
        &s, (const char *const[]){PREPARED, "02000000 00000200 02000000 0000 0000 " OK, NULL});
    assert_int_equal(DsBackupGetBackupLogsW(hbc, &list, &bytes), S_OK);
    ntdsb_client_inspect(&counts);
    assert_int_equal(counts.live_handles, 1);
    assert_int_equal(counts.outstanding_buffers, 1);
    ntdsb_client_unload();
    /* Joins only if the association was closed. */
    api_join(&s);
    assert_nothing_left();
    assert_int_equal(DsBackupEnd(hbc), ERROR_INVALID_PARAMETER);
    DsBackupFree(list);
    /* As new: the same handle value comes first. */
    assert_ptr_equal(api_backup(&s, (const char *const[]){PREPARED, ENDED, NULL}),
                     (HBC)(uintptr_t)UINT64_C(0x5a00000001000000));
    assert_int_equal(DsBackupEnd((HBC)(uintptr_t)UINT64_C(0x5a00000001000000)), S_OK);
    api_join(&s);
}

/* The identity of the bind: common header, [C706] 12.6.4.3, then an auth trailer. */
static void credentials_script(struct canned_server *s, int fd)
{
    canned_hear_type(s, fd, PDU_BIND, 1);
    static const char value[] = "user\0domain\0secret";
    canned_require(s->pdu_length > sizeof value);
    canned_require(memcmp(s->pdu + s->pdu_length - sizeof value, value, sizeof value) == 0);
    canned_say(fd, from_hex(BIND_ACK));
    canned_hear_type(s, fd, PDU_REQUEST, 2);
    sem_post(&s->reached);
    sem_wait(&s->go);
    api_say_stub(fd, 2, "01000000 " OK);
    canned_require(canned_hear(s, fd) == 0);
}

static void *ask_online(void *argument)
{
    BOOL online;
    *(HRESULT *)argument = DsIsNTDSOnlineA(".", &online);
    return NULL;
}

TEST(identity_travels_in_the_bind_and_may_be_replaced_during_a_call)
{
    struct canned_server s;
    struct ntdsb_client_counts counts;
    pthread_t thread;
    HRESULT result = -1;
    char binding[160];
    assert_int_equal(DsSetAuthIdentityA("user", "domain", "secret"), S_OK);
    canned_start(&s, RPC_NCALRPC, credentials_script);
    snprintf(binding, sizeof binding, "ncalrpc:[%s]", s.endpoint.path);
    setenv("NTDSBCLI_ENDPOINT", binding, 1);
    assert_int_equal(pthread_create(&thread, NULL, ask_online, &result), 0);
    sem_wait(&s.reached);
    assert_int_equal(DsSetAuthIdentityA(NULL, NULL, NULL), S_OK);
    ntdsb_client_inspect(&counts);
    assert_false(counts.identity_set);
    sem_post(&s.go);
    pthread_join(thread, NULL);
    assert_int_equal(result, S_OK);
    canned_join(&s);
}

TEST(identity_does_not_travel_over_tcp)
{
    BOOL online;
    assert_int_equal(DsSetAuthIdentityA("user", "", "secret"), S_OK);
    setenv("NTDSBCLI_ENDPOINT", "ncacn_ip_tcp:127.0.0.1[1]", 1);
    assert_int_equal(DsIsNTDSOnlineA(".", &online), RPC_S_UNKNOWN_AUTHN_SERVICE);
    assert_int_equal(DsSetAuthIdentityA(NULL, NULL, NULL), S_OK);
}

AROUND_EACH_TEST(ntdsb_client_unload, NULL);
