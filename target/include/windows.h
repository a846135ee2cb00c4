/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The few Windows types that Ntdsbcli.h needs, under the SDK's name so that a program's
 * `#include <windows.h>` finds them. Sizes are those of 64-bit Windows: LONG, DWORD and HRESULT are
 * 32 bits wide, WCHAR 16. With -fshort-wchar WCHAR is wchar_t and L"..." literals fit; without it
 * use TEXT("...") or u"..." literals.
 */
#ifndef NTDSB_WINDOWS_H
#define NTDSB_WINDOWS_H

#include <stddef.h>
#include <stdint.h>

#define VOID void
typedef void *PVOID;
typedef void *LPVOID;
typedef const void *LPCVOID;
typedef void *HANDLE;
typedef char CHAR;
typedef unsigned char BYTE;
typedef unsigned char UCHAR;
typedef BYTE BOOLEAN;
typedef int BOOL;
typedef int WINBOOL;
typedef int32_t LONG;
typedef uint32_t ULONG;
typedef uint32_t DWORD;
typedef int64_t LONGLONG;
typedef uint64_t ULONGLONG;
typedef uint64_t DWORDLONG;
typedef int16_t SHORT;
typedef uint16_t USHORT;
typedef uint16_t WORD;
typedef int INT;
typedef unsigned int UINT;
typedef size_t SIZE_T;
typedef LONG HRESULT;
typedef DWORD *PDWORD;
typedef DWORD *LPDWORD;
typedef BOOL *PBOOL;
typedef BOOL *LPBOOL;
typedef BYTE *PBYTE;
typedef BYTE *LPBYTE;
typedef LONG *PLONG;
typedef ULONG *PULONG;

#if defined(__WCHAR_WIDTH__) && __WCHAR_WIDTH__ == 16
typedef wchar_t WCHAR;
#define NTDSB_WIDE(s) L##s
#elif defined(__cplusplus)
typedef char16_t WCHAR;
#define NTDSB_WIDE(s) u##s
#else
typedef uint_least16_t WCHAR; /* char16_t, [C11] 7.28 */
#define NTDSB_WIDE(s) u##s
#endif

typedef CHAR *PCHAR, *PSTR, *LPSTR;
typedef const CHAR *PCSTR, *LPCSTR;
typedef WCHAR *PWCHAR, *PWSTR, *LPWSTR;
typedef const WCHAR *PCWSTR, *LPCWSTR;

/* Calling conventions: there is one. */
#define WINAPI
#define CALLBACK
#define CONST const

#ifdef UNICODE
typedef WCHAR TCHAR;
typedef LPWSTR LPTSTR;
typedef LPCWSTR LPCTSTR;
#define TEXT_(s) NTDSB_WIDE(s)
#else
typedef CHAR TCHAR;
typedef LPSTR LPTSTR;
typedef LPCSTR LPCTSTR;
#define TEXT_(s) s
#endif
#ifndef TEXT
#define TEXT(s) TEXT_(s)
#endif

typedef union _LARGE_INTEGER {
    __extension__ struct {
        DWORD LowPart;
        LONG HighPart;
    };
    struct {
        DWORD LowPart;
        LONG HighPart;
    } u;
    LONGLONG QuadPart;
} LARGE_INTEGER, *PLARGE_INTEGER;

typedef union _ULARGE_INTEGER {
    __extension__ struct {
        DWORD LowPart;
        DWORD HighPart;
    };
    struct {
        DWORD LowPart;
        DWORD HighPart;
    } u;
    ULONGLONG QuadPart;
} ULARGE_INTEGER, *PULARGE_INTEGER;

#ifndef TRUE
#define TRUE 1
#endif
#ifndef FALSE
#define FALSE 0
#endif

#include "winerror.h"

#endif
