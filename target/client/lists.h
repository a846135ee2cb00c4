/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The list functions of both interfaces: they differ in opnum and kind of handle alone.
 */
#ifndef CLIENT_LISTS_H
#define CLIENT_LISTS_H

#include "context.h"

/* Exactly one of `narrow` and `wide` is the caller's list pointer, the other is NULL; both NULL: the caller's was. */
HRESULT list_get(HBC hbc, enum handle_kind kind, uint16_t opnum, LPSTR *narrow, LPWSTR *wide, LPDWORD size);

#endif
