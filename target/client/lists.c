/* SPDX-License-Identifier: Apache-2.0 */
#include "lists.h"

#include "../idl/stubs.h"
#include "buffers.h"

#include <string.h>

/* A server's list must end in two NULs to be one. */
static bool is_list(const struct ndr_wide *l)
{
    return l->length >= 2 && l->chars[l->length - 1] == 0 && l->chars[l->length - 2] == 0;
}

static uint32_t give(const struct ndr_wide *l, LPSTR *narrow, LPWSTR *wide, LPDWORD size)
{
    size_t bytes = wide != NULL ? l->length * sizeof(WCHAR) : text_encode_list(l->chars, l->length, NULL);
    if (bytes == SIZE_MAX)
        return RPC_X_BAD_STUB_DATA;
    void *copy = buffers_allocate(bytes);
    if (copy == NULL)
        return ERROR_NOT_ENOUGH_MEMORY;
    if (wide != NULL) {
        memcpy(copy, l->chars, bytes);
        *wide = copy;
    } else {
        text_encode_list(l->chars, l->length, copy);
        *narrow = copy;
    }
    *size = (DWORD)bytes; /* at most 3 bytes for each of NTDSB_MAX_LIST characters */
    return 0;
}

static uint32_t fetch(struct client_context *c, uint16_t opnum, LPSTR *narrow, LPWSTR *wide, LPDWORD size)
{
    struct ntdsb_context_in in = {c->handle};
    struct ntdsb_list_out out = {0};
    struct exchange x;
    exchange_begin(&x, c->binding);
    ntdsb_context_in(&x.in, &in);
    uint32_t code = exchange_call(&x, opnum, 0);
    if (code != 0)
        return code;
    ntdsb_list_out(&x.out, &out);
    code = exchange_end(&x, out.result);
    if (code == 0)
        code = is_list(&out.list) ? give(&out.list, narrow, wide, size) : RPC_X_BAD_STUB_DATA;
    return code;
}

HRESULT list_get(HBC hbc, enum handle_kind kind, uint16_t opnum, LPSTR *narrow, LPWSTR *wide, LPDWORD size)
{
    struct client_context *c;
    uint32_t code = context_enter(hbc, kind, &c);
    if (code != 0)
        return (HRESULT)code;
    bool absent = (narrow == NULL && wide == NULL) || size == NULL;
    /* A pointer that is not NULL on entry is the caller's memory, maybe his last hold on it: it stays. */
    if (absent || (narrow != NULL && *narrow != NULL) || (wide != NULL && *wide != NULL))
        code = ERROR_INVALID_PARAMETER;
    if (size != NULL)
        *size = 0;
    if (code == 0)
        code = fetch(c, opnum, narrow, wide, size);
    context_leave(c);
    return (HRESULT)code;
}
