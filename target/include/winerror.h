/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The Win32 and RPC codes that the directory backup API returns, with their public values. All of
 * them are positive: FAILED() is false for every one. The right test is `hr != S_OK`.
 */
#ifndef NTDSB_WINERROR_H
#define NTDSB_WINERROR_H

#define S_OK                 ((HRESULT)0)
#define S_FALSE              ((HRESULT)1)
#define SUCCEEDED(hr)        ((HRESULT)(hr) >= 0)
#define FAILED(hr)           ((HRESULT)(hr) < 0)
#define HRESULT_CODE(hr)     ((hr)&0xffff)
#define HRESULT_FACILITY(hr) (((hr) >> 16) & 0x1fff)
#define HRESULT_SEVERITY(hr) (((hr) >> 31) & 0x1)
#define FACILITY_WIN32       7
#define HRESULT_FROM_WIN32(x)                                                                      \
    ((HRESULT)(x) <= 0 ? (HRESULT)(x)                                                              \
                       : (HRESULT)(((x)&0x0000ffff) | (FACILITY_WIN32 << 16) | 0x80000000))
#define E_NOTIMPL      ((HRESULT)0x80004001)
#define E_POINTER      ((HRESULT)0x80004003)
#define E_FAIL         ((HRESULT)0x80004005)
#define E_UNEXPECTED   ((HRESULT)0x8000ffff)
#define E_ACCESSDENIED ((HRESULT)0x80070005)
#define E_HANDLE       ((HRESULT)0x80070006)
#define E_OUTOFMEMORY  ((HRESULT)0x8007000e)
#define E_INVALIDARG   ((HRESULT)0x80070057)

#define NO_ERROR                       0
#define ERROR_SUCCESS                  0
#define ERROR_FILE_NOT_FOUND           2
#define ERROR_PATH_NOT_FOUND           3
#define ERROR_ACCESS_DENIED            5
#define ERROR_INVALID_HANDLE           6
#define ERROR_NOT_ENOUGH_MEMORY        8
#define ERROR_OUTOFMEMORY              14
#define ERROR_HANDLE_EOF               38
#define ERROR_NOT_SUPPORTED            50
#define ERROR_INVALID_PARAMETER        87
#define ERROR_DISK_FULL                112
#define ERROR_NO_UNICODE_TRANSLATION   1113
#define ERROR_NOT_ENOUGH_SERVER_MEMORY 1130

#define RPC_S_OUT_OF_MEMORY           ERROR_OUTOFMEMORY
#define RPC_S_INVALID_STRING_BINDING  1700
#define RPC_S_WRONG_KIND_OF_BINDING   1701
#define RPC_S_INVALID_BINDING         1702
#define RPC_S_PROTSEQ_NOT_SUPPORTED   1703
#define RPC_S_INVALID_ENDPOINT_FORMAT 1706
#define RPC_S_INVALID_NET_ADDR        1707
#define RPC_S_NO_ENDPOINT_FOUND       1708
#define RPC_S_INVALID_TIMEOUT         1709
#define RPC_S_ALREADY_LISTENING       1713
#define RPC_S_UNKNOWN_IF              1717
#define RPC_S_OUT_OF_RESOURCES        1721
#define RPC_S_SERVER_UNAVAILABLE      1722
#define RPC_S_SERVER_TOO_BUSY         1723
#define RPC_S_NO_CALL_ACTIVE          1725
#define RPC_S_CALL_FAILED             1726
#define RPC_S_CALL_FAILED_DNE         1727
#define RPC_S_PROTOCOL_ERROR          1728
#define RPC_S_UNSUPPORTED_TRANS_SYN   1730
#define RPC_S_UNSUPPORTED_TYPE        1732
#define RPC_S_INVALID_TAG             1733
#define RPC_S_INVALID_BOUND           1734
#define RPC_S_PROCNUM_OUT_OF_RANGE    1745
#define RPC_S_UNKNOWN_AUTHN_SERVICE   1747
#define RPC_S_ZERO_DIVIDE             1767
#define RPC_S_ADDRESS_ERROR           1768
#define RPC_S_FP_DIV_ZERO             1769
#define RPC_S_FP_UNDERFLOW            1770
#define RPC_S_FP_OVERFLOW             1771
#define RPC_X_SS_IN_NULL_CONTEXT      1775
#define RPC_X_SS_CONTEXT_MISMATCH     ERROR_INVALID_HANDLE
#define RPC_X_NULL_REF_POINTER        1780
#define RPC_X_BAD_STUB_DATA           1783
#define RPC_S_CALL_CANCELLED          1818
#define RPC_S_COMM_FAILURE            1820
#define RPC_S_UNSUPPORTED_AUTHN_LEVEL 1821
#define RPC_X_WRONG_PIPE_ORDER        1831
#define RPC_X_PIPE_CLOSED             1916
#define RPC_X_PIPE_DISCIPLINE_ERROR   1917
#define RPC_X_PIPE_EMPTY              1918

#endif
