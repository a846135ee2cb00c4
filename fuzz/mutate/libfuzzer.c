/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libFuzzer's mutator and crossover, on whole programs. In one of four cases its own mutation of
 * bytes is used.
 */
#include "fuzz/run/without.h"
#include "mutate.h"

#include <string.h>

/* https://llvm.org/docs/LibFuzzer.html; libAFLDriver's does nothing. */
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size) __attribute__((weak));
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed);
size_t LLVMFuzzerCustomCrossOver(const uint8_t *data1, size_t size1, const uint8_t *data2,
                                 size_t size2, uint8_t *out, size_t max_out_size, unsigned seed);

static struct program program, other;

static size_t encode(uint8_t *out)
{
    static uint8_t bytes[PROGRAM_MAX_BYTES];
    size_t n = program_encode(&program, bytes);
    memcpy(out, bytes, n);
    return n;
}

/* 0: the engine has no mutation of its own, or a stub that does nothing. */
static size_t mutate_bytes(uint8_t *data, size_t size, size_t max_size)
{
    return LLVMFuzzerMutate != NULL ? LLVMFuzzerMutate(data, size, max_size) : 0;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed)
{
    struct mutate_random r;
    size_t max_calls = mutate_max_calls(max_size);
    mutate_seed(&r, seed);
    if (max_calls == 0 || run_without()->mutator || mutate_below(&r, 4) == 0) {
        size_t n = mutate_bytes(data, size, max_size);
        if (n > 0 || max_calls == 0 || run_without()->mutator)
            return n;
    }
    program_decode(&program, data, size);
    mutate_program(&program, &r, max_calls);
    return encode(data);
}

size_t LLVMFuzzerCustomCrossOver(const uint8_t *data1, size_t size1, const uint8_t *data2,
                                 size_t size2, uint8_t *out, size_t max_out_size, unsigned seed)
{
    struct mutate_random r;
    size_t max_calls = mutate_max_calls(max_out_size);
    mutate_seed(&r, seed);
    if (max_calls == 0)
        return 0;
    program_decode(&program, data1, size1);
    program_decode(&other, data2, size2);
    mutate_splice(&program, &other, &r, max_calls);
    return encode(out);
}
