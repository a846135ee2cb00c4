/* SPDX-License-Identifier: Apache-2.0 */
#include "allowed.h"

#include "fuzz/program/codes.h"

#include <windows.h>

#include <ntdsbcli.h>

#include <string.h>

/* The words of allowed.def. */
enum {
    CONNECTING = WHEN_CONNECTING,
    BEFORE_END = WHEN_IN_SESSION,
    ENDING = WHEN_ENDING,
    IN_SESSION = WHEN_IN_SESSION | WHEN_ENDING,
    CALLS = WHEN_CONNECTING | IN_SESSION,
    LOCAL = WHEN_LOCAL,
    STARTING = WHEN_STARTING,
    ALWAYS = CALLS | LOCAL | STARTING,
};
enum { SIDE_WIRE = SIDE_ANY };
enum { NOT_DONE = CHOICE_NO, DONE = CHOICE_YES, MAYBE_DONE = CHOICE_EITHER };
enum { KEPT = CHOICE_NO, LOST = CHOICE_YES, MAYBE_LOST = CHOICE_EITHER };

#define CODES(...)                                                                                 \
    {                                                                                              \
        __VA_ARGS__                                                                                \
    }
#define ROW(side, calls, class, kinds, exact, server, association, codes, rule, why)               \
    {FAULT_##class,                                                                                \
     kinds,                                                                                        \
     SIDE_##side,                                                                                  \
     calls,                                                                                        \
     exact,                                                                                        \
     (enum allowed_choice)(server),                                                                \
     (enum allowed_choice)(association),                                                           \
     codes,                                                                                        \
     rule,                                                                                         \
     why},
#define FAILS(side, calls, class, kinds, server, association, codes, rule, why)                    \
    ROW(side, calls, class, kinds, EXACT_NEVER, server, association, CODES codes, CONTRACT_##rule, \
        why)
#define MAY_FAIL(side, calls, class, kinds, server, association, codes, rule, why)                 \
    ROW(side, calls, class, kinds, EXACT_MAYBE, server, association, CODES codes, CONTRACT_##rule, \
        why)
#define GIVES_UP(side, calls, class, kinds, server, association, codes, rule, why)                 \
    ROW(side, calls, class, kinds, EXACT_UNLESS_LATE, server, association, CODES codes,            \
        CONTRACT_##rule, why)
#define GOES_ON(side, calls, class, kinds, why)                                                    \
    GOES_ON_AS(side, calls, class, kinds, FAILURE_RETRIED, why)
#define GOES_ON_AS(side, calls, class, kinds, rule, why)                                           \
    ROW(side, calls, class, kinds, EXACT_ALWAYS, NOT_DONE, KEPT, {0}, CONTRACT_##rule, why)
#define CANNOT_START(class, kinds, why)                                                            \
    FAILS(SERVER, STARTING, class, kinds, NOT_DONE, KEPT, (CODE_ANY_FAILURE),                      \
          SERVICE_REFUSES_TO_START, why)
#define MAY_NOT_START(class, kinds, why)                                                           \
    MAY_FAIL(SERVER, STARTING, class, kinds, NOT_DONE, KEPT, (CODE_ANY_FAILURE),                   \
             SERVICE_REFUSES_TO_START, why)
static const struct allowance rows[] = {
#include "allowed.def"
};

/* The code for a PDU's status or reason, by the name of the kind. */
static const struct {
    const char *kind;
    int32_t code;
} codes_by_kind[] = {
    /* Reasons of a bind_nak, results of a presentation context. */
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
    /* Statuses of a fault PDU: [MS-RPCE] 3.1.1.5.5. */
    {"fault-comm-failure", RPC_S_COMM_FAILURE},
    {"fault-op-rng-error", RPC_S_PROCNUM_OUT_OF_RANGE},
    {"fault-unk-if", RPC_S_UNKNOWN_IF},
    {"fault-you-crashed", RPC_S_CALL_FAILED},
    {"fault-proto-error", RPC_S_PROTOCOL_ERROR},
    {"fault-out-args-too-big", ERROR_NOT_ENOUGH_SERVER_MEMORY},
    {"fault-server-too-busy", RPC_S_SERVER_TOO_BUSY},
    {"fault-unsupported-type", RPC_S_UNSUPPORTED_TYPE},
    {"fault-int-div-by-zero", RPC_S_ZERO_DIVIDE},
    {"fault-addr-error", RPC_S_ADDRESS_ERROR},
    {"fault-fp-div-zero", RPC_S_FP_DIV_ZERO},
    {"fault-fp-underflow", RPC_S_FP_UNDERFLOW},
    {"fault-fp-overflow", RPC_S_FP_OVERFLOW},
    {"fault-invalid-tag", RPC_S_INVALID_TAG},
    {"fault-invalid-bound", RPC_S_INVALID_BOUND},
    {"fault-rpc-version-mismatch", RPC_S_PROTOCOL_ERROR},
    {"fault-unspec-reject", RPC_S_CALL_FAILED},
    {"fault-bad-actid", RPC_S_CALL_FAILED_DNE},
    {"fault-who-are-you-failed", RPC_S_CALL_FAILED},
    {"fault-manager-not-entered", RPC_S_CALL_FAILED_DNE},
    {"fault-cancel", RPC_S_CALL_CANCELLED},
    {"fault-ill-inst", RPC_S_ADDRESS_ERROR},
    {"fault-fp-error", RPC_S_FP_OVERFLOW},
    {"fault-int-overflow", RPC_S_ADDRESS_ERROR},
    {"fault-unspec", RPC_S_CALL_FAILED},
    {"fault-pipe-empty", RPC_X_PIPE_EMPTY},
    {"fault-pipe-closed", RPC_X_PIPE_CLOSED},
    {"fault-pipe-order", RPC_X_WRONG_PIPE_ORDER},
    {"fault-pipe-discipline", RPC_X_PIPE_DISCIPLINE_ERROR},
    {"fault-pipe-comm-error", RPC_S_COMM_FAILURE},
    {"fault-pipe-memory", RPC_S_OUT_OF_MEMORY},
    {"fault-context-mismatch", RPC_X_SS_CONTEXT_MISMATCH},
    {"fault-remote-no-memory", ERROR_NOT_ENOUGH_SERVER_MEMORY},
    {"fault-invalid-pres-context-id", RPC_S_PROTOCOL_ERROR},
    {"fault-unsupported-authn-level", RPC_S_UNSUPPORTED_AUTHN_LEVEL},
    {"fault-invalid-checksum", RPC_S_CALL_FAILED_DNE},
    {"fault-invalid-crc", RPC_S_CALL_FAILED_DNE},
    /* Must not be sent, [MS-RPCE] 3.3.3.5.1 */
    {"fault-zero", RPC_S_PROTOCOL_ERROR},
    {"fault-access-violation", RPC_S_PROTOCOL_ERROR},
};

static int32_t code_of_kind(enum fault_class class, uint32_t number, int32_t otherwise)
{
    const char *kind = fault_kind_name(class, number);
    for (size_t i = 0; i < sizeof codes_by_kind / sizeof *codes_by_kind; i++)
        if (strcmp(codes_by_kind[i].kind, kind) == 0)
            return codes_by_kind[i].code;
    return otherwise;
}

/* The same of the kind that begins like that and has the argument, if there is one. */
static int32_t code_of_argument(enum fault_class class, const char *prefix, uint32_t argument,
                                int32_t otherwise)
{
    for (uint32_t kind = 0; kind < fault_kind_count(class); kind++)
        if (fault_kind_argument(class, kind) == argument &&
            strncmp(fault_kind_name(class, kind), prefix, strlen(prefix)) == 0)
            return code_of_kind(class, kind, otherwise);
    return otherwise;
}

/* Statuses that no fault may hold: [MS-RPCE] 3.3.3.5.1. */
static const uint32_t never_sent[] = {0,          0x80000001, 0x80000002, 0x80000003, 0xc0000005,
                                      0xc0000006, 0xc000001d, 0xc0000096, 0xc00000aa, 0xc00000fd,
                                      0xc0000194, 0xc0000235, 0xc0000409, 0xc0000420};
enum { NEVER_SENT = sizeof never_sent / sizeof *never_sent };

bool allowed_status(unsigned i, uint32_t *status)
{
    const unsigned kinds = fault_kind_count(FAULT_RPC_REPLY);
    if (i >= kinds + NEVER_SENT)
        return false;
    *status = i < kinds ? fault_kind_argument(FAULT_RPC_REPLY, i) : never_sent[i - kinds];
    return true;
}

int32_t allowed_code_of_status(uint32_t status)
{
    for (unsigned i = 0; i < NEVER_SENT; i++)
        if (never_sent[i] == status)
            return RPC_S_PROTOCOL_ERROR;
    return code_of_argument(FAULT_RPC_REPLY, "fault-", status, (int32_t)status);
}

int32_t allowed_code_of_reason(uint32_t reason)
{
    return code_of_argument(FAULT_RPC_BIND_ACK, "nak-", reason, RPC_S_CALL_FAILED_DNE);
}

int32_t allowed_code_of_result(uint32_t result, uint32_t reason)
{
    enum { OF_PROVIDER = 2, LAST = 3 }; /* beside other results the reason means nothing */
    if (result > LAST)
        return RPC_S_PROTOCOL_ERROR;
    return code_of_argument(FAULT_RPC_BIND_ACK, "reject-",
                            result << 16 | (result == OF_PROVIDER ? reason : 0),
                            RPC_S_CALL_FAILED_DNE);
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

/* The same of a row and the kind of a fault: a program names kinds by a byte. */
static bool row_fits(size_t row, const struct fault_firing *f)
{
    static enum { NOT_COMPARED, FITS, DIFFERS } known[sizeof rows / sizeof *rows][UINT8_MAX + 1];
    if (known[row][f->kind] == NOT_COMPARED)
        known[row][f->kind] =
            fits(rows[row].kinds, fault_kind_name(f->class, f->kind)) ? FITS : DIFFERS;
    return known[row][f->kind] == FITS;
}

const struct allowance *allowed_find(const struct fault_firing *f, enum allowed_when when)
{
    /* On the wire no code of either side is hit. */
    unsigned side = f->class >= FAULT_RPC_BIND ? SIDE_ANY : 1u << f->side;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct allowance *a = &rows[i];
        if (a->class == f->class && a->side & side && a->when & (uint8_t)when && row_fits(i, f))
            return a;
    }
    return NULL;
}

/* What a placeholder stands for. */
static int32_t resolve(int32_t code, const struct fault_firing *f)
{
    /* A status that is not in the table is passed through. */
    if (code == CODE_OF_STATUS)
        return code_of_kind(f->class, f->kind, (int32_t)fault_kind_argument(f->class, f->kind));
    return code == CODE_OF_REASON ? code_of_kind(f->class, f->kind, RPC_S_CALL_FAILED_DNE) : code;
}

bool allowed_code(const struct allowance *a, const struct fault_firing *f, int32_t code)
{
    for (size_t i = 0; i < ALLOWED_CODES && a->codes[i] != 0; i++) {
        bool any = a->codes[i] == CODE_ANY_FAILURE && code != S_OK;
        if (any || code == resolve(a->codes[i], f))
            return true;
    }
    return false;
}

unsigned allowed_codes(const struct allowance *a, const struct fault_firing *f,
                       int32_t out[ALLOWED_CODES])
{
    unsigned count = 0;
    for (; count < ALLOWED_CODES && a->codes[count] != 0; count++)
        out[count] = resolve(a->codes[count], f);
    return count;
}

enum allowed_when allowed_when_of(enum api_shape shape)
{
    if (shape == EVENT_SERVER_START)
        return WHEN_STARTING;
    if (shape == API_SET_AUTH_IDENTITY || shape == API_CHECK_EXPIRY_TOKEN || shape == API_FREE)
        return WHEN_LOCAL;
    if (api_is_end(shape))
        return WHEN_ENDING;
    return api_parameters(shape)[0].kind == PARAMETER_HANDLE ? WHEN_IN_SESSION : WHEN_CONNECTING;
}

const char *allowed_why(enum fault_class class, uint32_t kind)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (rows[i].class == class && rows[i].exact != EXACT_NEVER &&
            fits(rows[i].kinds, fault_kind_name(class, kind)))
            return rows[i].why;
    return "";
}

/* The table as Markdown ------------------------------------------------------------------------ */

/* Calls in a session are the Ends, too, if nothing else is said. */
static void print_when(unsigned when, FILE *out)
{
    static const struct {
        unsigned when;
        const char *name;
    } names[] = {{WHEN_CONNECTING, "connecting"}, {IN_SESSION, "in session"},
                 {BEFORE_END, "before the end"},  {ENDING, "ending"},
                 {WHEN_LOCAL, "local"},           {WHEN_STARTING, "starting"}};
    const char *separator = "";
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if ((when & names[i].when) != names[i].when)
            continue;
        fprintf(out, "%s%s", separator, names[i].name);
        separator = ", ";
        when &= ~names[i].when;
    }
}

static void print_codes(const struct allowance *a, FILE *out)
{
    const char *separator = "";
    if (a->exact != EXACT_NEVER) {
        fputs("the fault-free result", out);
        fputs(a->exact == EXACT_UNLESS_LATE ? ", or, late, "
              : a->exact == EXACT_MAYBE     ? ", or "
                                            : "",
              out);
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
        print_when(a->when, out);
        fputs(" | ", out);
        print_codes(a, out);
        bool fails = a->codes[0] != 0;
        fprintf(out, " | %s | %s | `%s` | %s |\n", fails ? choice(a->acted) : "",
                fails ? choice(a->lost) : "", contract_rule_name(a->rule), a->why);
    }
}
