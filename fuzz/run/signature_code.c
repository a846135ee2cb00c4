/* SPDX-License-Identifier: Apache-2.0 */
#include "fuzz/run/signature_code.h"

#include "fuzz/model/allowed.h"
#include "fuzz/program/codes.h"

#include <windows.h>

#include <ntdsbcli.h>

#include <stdbool.h>
#include <stdio.h>

/* What the client's RPC runtime meets, which all functions share. */
static bool is_of_runtime(enum fault_class class)
{
    return class >= FAULT_RPC_BIND || (class >= FAULT_NET_SOCKET && class <= FAULT_NET_RESOLVE);
}

/* Codes that have no name are as good as numbers. */
const char *signature_code_shown(int32_t code)
{
    const char *name = code_name(code);
    return code == CODE_OF_STATUS     ? "the code of its status"
           : code == CODE_OF_REASON   ? "the code of its reason"
           : code == CODE_ANY_FAILURE ? "a failure"
           : name != NULL             ? name
                                      : "a code without a name";
}

/* What was right: the codes of a row of the table of faults, or the one without the fault. */
struct right {
    int32_t codes[ALLOWED_CODES];
    unsigned count;
};

/* A fault that must change nothing leaves the code without it. */
static void gather_right(const struct run_report *r, const struct allowance *a, struct right *out)
{
    out->count = 0;
    while (a != NULL && a->exact != EXACT_ALWAYS && out->count < ALLOWED_CODES &&
           a->codes[out->count] != 0) {
        out->codes[out->count] = a->codes[out->count];
        out->count++;
    }
    if (out->count == 0)
        out->codes[out->count++] = r->expected;
}

/* The first of them that says that there was no answer; S_OK: none does. Whether the request was
   executed is no matter: where and when the fault came decides it. */
static int32_t loss_among(const struct right *right)
{
    for (unsigned i = 0; i < right->count; i++)
        if (code_is_of_runtime(right->codes[i]))
            return right->codes[i] == RPC_S_CALL_FAILED_DNE ? RPC_S_CALL_FAILED : right->codes[i];
    return S_OK;
}

static void list_right(const struct right *right, char out[128])
{
    size_t n = 0;
    for (unsigned i = 0; i < right->count && n < 128; i++)
        n += (size_t)snprintf(out + n, 128 - n, "%s%s", n > 0 ? " or " : "",
                              signature_code_shown(right->codes[i]));
}

/* The row of the table of faults that the code breaks. NULL: no fault fired in the call, or the
   code would be right after it, and only the program asserts another. */
static const struct allowance *broken_row(const struct program *p, const struct run_report *r,
                                          const struct fault_firing *fault)
{
    if (fault == NULL)
        return NULL;
    enum api_shape shape = api_functions[p->calls[r->call].function].shape;
    const struct allowance *a = allowed_find(fault, allowed_when_of(shape));
    bool right = a != NULL && (allowed_code(a, fault, r->got) ||
                               (a->exact != EXACT_NEVER && r->got == r->rulings[r->call].code));
    return right ? NULL : a;
}

/* " by RULE" of a call that should have been refused, and was not: one code may be owed for several
   reasons, each of which has its own place in the code. "" : it is none. */
static const char *refusal(const struct run_report *r, const struct right *right, char text[64])
{
    const struct model_ruling *why = &r->rulings[r->call];
    text[0] = '\0';
    if (r->got == S_OK && why->code != S_OK && why->code == right->codes[0] &&
        why->rule != CONTRACT_NONE)
        snprintf(text, 64, " by %s", contract_rule_name(why->rule));
    return text;
}

/* What the runtime makes of a fault or a lost association is the same in all functions: there it
   counts whether an answer came or not, and not which. A code that a program asserts is what the
   model would have said. */
void signature_code(const struct program *p, const struct run_report *r, const char *function,
                    const struct fault_firing *fault, char out[SIGNATURE_BYTES])
{
    const struct allowance *a = broken_row(p, r, fault);
    bool no_answer = code_is_of_runtime(r->got);
    bool shared = a != NULL && a->exact != EXACT_ALWAYS && is_of_runtime(a->class);
    const char *got = signature_code_shown(r->got);
    struct right right;
    char expected[128], text[64];
    gather_right(r, a, &right);
    int32_t loss = loss_among(&right);
    list_right(&right, expected);
    if (no_answer && loss == S_OK)
        snprintf(out, SIGNATURE_BYTES, "expected an answer, got %s", got);
    else if (no_answer)
        snprintf(out, SIGNATURE_BYTES, "expected %s, got %s", expected, got);
    else if (loss != S_OK)
        snprintf(out, SIGNATURE_BYTES, "expected %s, got an answer", signature_code_shown(loss));
    else
        snprintf(out, SIGNATURE_BYTES, "%s%sexpected %s%s, got %s", shared ? "" : function,
                 shared ? "" : ":", expected, refusal(r, &right, text), got);
}
