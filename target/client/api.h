/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The functions of ntdsbcli.h that have an A and a W form, written once: text comes as an argument
 * of either form, lists go out in the form asked for. The W forms are next to these functions, the
 * A forms in ansi_api.c; both only pass on which form they are.
 *
 * The order of checks is the same everywhere. With a handle: the handle (no output is touched when
 * it is invalid), then the outputs are set to NULL / 0, then the other arguments, then text is
 * converted, and only then is anything sent.
 */
#ifndef CLIENT_API_H
#define CLIENT_API_H

#include "../include/ntdsbcli.h"
#include "text.h"

/* DsRestoreRegister's map in one of its forms. */
struct restore_map {
    const EDB_RSTMAPA *narrow;
    const EDB_RSTMAPW *wide;
};

HRESULT api_is_online(struct text_argument server, WINBOOL *online);
HRESULT api_set_current_log(struct text_argument server, DWORD number);

HRESULT api_backup_prepare(struct text_argument server, ULONG grbit, ULONG type, PVOID *token,
                           LPDWORD token_bytes, HBC *hbc);
HRESULT api_open_file(HBC hbc, struct text_argument name, DWORD hint, LARGE_INTEGER *size);

HRESULT api_restore_prepare(struct text_argument server, ULONG flags, PVOID token,
                            DWORD token_bytes, HBC *hbc);
HRESULT api_restore_register(HBC hbc, struct text_argument checkpoint, struct text_argument log,
                             struct restore_map map, LONG entries, struct text_argument backup_log,
                             ULONG gen_low, ULONG gen_high);

/* The output of a list: the pointer of the form asked for; both NULL: the caller passed NULL. */
struct list_argument {
    LPSTR *narrow;
    LPWSTR *wide;
};
enum api_list { API_DATABASE_NAMES, API_BACKUP_LOGS, API_DATABASE_LOCATIONS };
HRESULT api_get_list(HBC hbc, enum api_list which, struct list_argument list, LPDWORD bytes);

/* DsBackupEnd and DsRestoreEnd. */
HRESULT api_end(HBC hbc, bool backup);

#endif
