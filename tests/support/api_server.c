/* SPDX-License-Identifier: Apache-2.0 */
#include "api_server.h"

void api_say_stub(int fd, uint8_t call_id, const char *stub)
{
    struct bytes b = {NULL, 0};
    size_t length;
    uint8_t *bytes = hex_bytes(stub, &length);
    bytes_add_fragment(&b, (struct fragment){.type = PDU_RESPONSE,
                                             .flags = ONLY,
                                             .call_id = call_id,
                                             .alloc_hint = (uint32_t)length,
                                             .stub_length = length});
    memcpy(b.data + b.length - length, bytes, length);
    free(bytes);
    canned_say(fd, b);
}

void api_script(struct canned_server *canned, int fd)
{
    struct api_server *s = (struct api_server *)canned;
    canned_accept_bind(canned, fd);
    for (uint8_t call_id = 2; canned_hear(canned, fd) > 0;) {
        if (!(canned->pdu[3] & LAST))
            continue;
        canned_require(canned->pdu[2] == PDU_REQUEST && s->stubs[s->requests] != NULL);
        api_say_stub(fd, call_id++, s->stubs[s->requests++]);
    }
}

void api_start(struct api_server *s, const char *const *stubs)
{
    char binding[160];
    s->stubs = stubs;
    s->requests = 0;
    canned_start(&s->canned, RPC_NCALRPC, api_script);
    snprintf(binding, sizeof binding, "ncalrpc:[%s]", s->canned.endpoint.path);
    assert_int_equal(setenv("NTDSBCLI_ENDPOINT", binding, 1), 0);
}

void api_join(struct api_server *s)
{
    canned_join(&s->canned);
    assert_null(s->stubs[s->requests]);
}

void assert_nothing_left(void)
{
    struct ntdsb_client_counts counts;
    ntdsb_client_inspect(&counts);
    assert_int_equal(counts.live_handles, 0);
    assert_int_equal(counts.outstanding_buffers, 0);
}

HBC api_backup(struct api_server *s, const char *const *stubs)
{
    HBC hbc = NULL;
    PVOID token = NULL;
    DWORD bytes = 0;
    api_start(s, stubs);
    assert_int_equal(DsBackupPrepareA(".", 0, BACKUP_TYPE_FULL, &token, &bytes, &hbc), S_OK);
    assert_int_equal(bytes, 4);
    assert_memory_equal(token, "abcd", 4);
    DsBackupFree(token);
    return hbc;
}

HBC api_restore(struct api_server *s, const char *const *stubs)
{
    HBC hbc = NULL;
    api_start(s, stubs);
    assert_int_equal(DsRestorePrepareA(".", 0, NULL, 0, &hbc), S_OK);
    return hbc;
}
