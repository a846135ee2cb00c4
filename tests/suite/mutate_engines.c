/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The mutator as the engines call it: libFuzzer's two functions, and AFL++'s library, whose
 * trimming runs here in the loop that afl-fuzz has.
 */
#include "mutants.h"
#include "tests/support/test.h"

#include <dirent.h>
#include <unistd.h>

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed);
size_t LLVMFuzzerCustomCrossOver(const uint8_t *data1, size_t size1, const uint8_t *data2,
                                 size_t size2, uint8_t *out, size_t max_out_size, unsigned seed);
void *afl_custom_init(void *afl, unsigned seed);
void afl_custom_deinit(void *data);
size_t afl_custom_fuzz(void *data, uint8_t *in, size_t in_size, uint8_t **out, uint8_t *add,
                       size_t add_size, size_t max_size);
uint8_t afl_custom_havoc_mutation_probability(void *data);
size_t afl_custom_havoc_mutation(void *data, uint8_t *in, size_t in_size, uint8_t **out,
                                 size_t max_size);
uint32_t afl_custom_fuzz_count(void *data, const uint8_t *in, size_t in_size);
const char *afl_custom_describe(void *data, size_t max_length);
int32_t afl_custom_init_trim(void *data, uint8_t *in, size_t in_size);
size_t afl_custom_trim(void *data, uint8_t **out);
int32_t afl_custom_post_trim(void *data, uint8_t success);

/* The engine's own mutation: marks that it was here, or is the stub of libAFLDriver. */
static bool engine_is_stub;
static unsigned engine_mutations;
enum { MARK = 0xa5 };

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size)
{
    assert_true(size <= max_size);
    engine_mutations++;
    if (engine_is_stub)
        return 0;
    if (size == 0 && max_size > 0)
        size = 1;
    if (size > 0)
        data[size - 1] = MARK;
    return size;
}

/* The programs of the corpus, packed ----------------------------------------------------------- */

enum { MOST_PROGRAMS = 1000 };
static struct packed {
    uint8_t *data;
    size_t size;
} corpus[MOST_PROGRAMS];
static uint32_t corpus_count;

static void pack_file(const char *path)
{
    static char content[65536];
    FILE *in = fopen(path, "r");
    assert_non_null(in);
    size_t n = fread(content, 1, sizeof content - 1, in);
    fclose(in);
    content[n] = '\0';
    parse(&p, content);
    struct packed *c = &corpus[corpus_count++];
    c->size = program_encode(&p, bytes);
    c->data = malloc(c->size);
    assert_non_null(c->data);
    memcpy(c->data, bytes, c->size);
}

static void pack_corpus(void)
{
    struct dirent **names;
    int n = scandir(CORPUS, &names, NULL, alphasort);
    assert_true(n > 100 && n < MOST_PROGRAMS);
    for (int i = 0; i < n; i++) {
        char path[4096];
        snprintf(path, sizeof path, "%s/%s", CORPUS, names[i]->d_name);
        if (strstr(names[i]->d_name, ".txt") != NULL)
            pack_file(path);
        free(names[i]);
    }
    free(names);
    make_base();
}

static void free_corpus(void)
{
    for (uint32_t i = 0; i < corpus_count; i++)
        free(corpus[i].data);
}

AROUND_ALL_TESTS(pack_corpus, free_corpus);

/* libFuzzer ----------------------------------------------------------------------------------- */

/* In memory of just that size, so that a sanitizer sees one byte too many. */
TEST(a_hundred_thousand_mutants_of_the_corpus_fit)
{
    struct mutate_random r;
    mutate_seed(&r, SEED);
    engine_is_stub = false;
    for (unsigned i = 0; i < 100000; i++) {
        const struct packed *c = &corpus[mutate_below(&r, corpus_count)];
        size_t max_size = c->size + mutate_below(&r, 3) * 36 + mutate_below(&r, 36);
        uint8_t *data = malloc(max_size);
        assert_non_null(data);
        memcpy(data, c->data, c->size);
        size_t n = LLVMFuzzerCustomMutator(data, c->size, max_size, i);
        assert_in_range(n, 1, max_size);
        assert_true(n != c->size || memcmp(data, c->data, n) != 0 || data[n - 1] == MARK);
        free(data);
    }
}

TEST(crossovers_of_the_corpus_fit)
{
    struct mutate_random r;
    mutate_seed(&r, SEED);
    for (unsigned i = 0; i < 20000; i++) {
        const struct packed *c = &corpus[mutate_below(&r, corpus_count)];
        const struct packed *d = &corpus[mutate_below(&r, corpus_count)];
        size_t max_size = mutate_below(&r, 900);
        uint8_t *out = malloc(max_size + 1);
        assert_non_null(out);
        size_t n = LLVMFuzzerCustomCrossOver(c->data, c->size, d->data, d->size, out, max_size, i);
        assert_true(n <= max_size && (n > 0) == (max_size >= 40));
        free(out);
    }
}

TEST(one_mutation_in_four_is_the_engines_own)
{
    engine_is_stub = false;
    engine_mutations = 0;
    for (unsigned i = 0; i < 4000; i++) {
        memcpy(bytes, corpus[0].data, corpus[0].size);
        LLVMFuzzerCustomMutator(bytes, corpus[0].size, 900, i);
    }
    assert_in_range(engine_mutations, 800, 1200);
}

TEST(an_engine_without_a_mutation_of_its_own_gets_ours)
{
    engine_is_stub = true;
    for (unsigned i = 0; i < 1000; i++) {
        memcpy(bytes, corpus[0].data, corpus[0].size);
        size_t n = LLVMFuzzerCustomMutator(bytes, corpus[0].size, 900, i);
        assert_in_range(n, 40, 900);
        program_decode(&p, bytes, n);
        program_decode(&q, corpus[0].data, corpus[0].size);
        assert_false(program_same(&p, &q));
    }
}

/* AFL++ ---------------------------------------------------------------------------------------- */

TEST(afl_gets_the_same_mutants_for_the_same_seed)
{
    void *a = afl_custom_init(NULL, SEED), *b = afl_custom_init(NULL, SEED);
    assert_non_null(a);
    assert_non_null(b);
    for (unsigned i = 0; i < 2000; i++) {
        const struct packed *c = &corpus[i % corpus_count], *d = &corpus[(i * 7) % corpus_count];
        uint8_t *out, *again;
        size_t n = i % 2 ? afl_custom_havoc_mutation(a, c->data, c->size, &out, 9220)
                         : afl_custom_fuzz(a, c->data, c->size, &out, d->data, d->size, 9220);
        size_t m = i % 2 ? afl_custom_havoc_mutation(b, c->data, c->size, &again, 9220)
                         : afl_custom_fuzz(b, c->data, c->size, &again, d->data, d->size, 9220);
        assert_int_equal(n, m);
        assert_memory_equal(out, again, n);
        program_decode(&p, c->data, c->size);
        program_decode(&q, out, n);
        assert_false(program_same(&p, &q));
        assert_string_equal(afl_custom_describe(a, 100), afl_custom_describe(b, 100));
    }
    afl_custom_deinit(a);
    afl_custom_deinit(b);
}

TEST(afl_gets_operators_in_havoc_and_a_few_splices)
{
    void *m = afl_custom_init(NULL, SEED);
    assert_non_null(m);
    assert_in_range(afl_custom_havoc_mutation_probability(m), 1, 99); /* beside the engine's own */
    assert_in_range(afl_custom_fuzz_count(m, corpus[0].data, corpus[0].size), 1, 255);
    const struct packed *c = &corpus[0], *d = &corpus[1];
    unsigned splices = 0;
    for (unsigned i = 0; i < 100; i++) {
        uint8_t *out;
        afl_custom_havoc_mutation(m, c->data, c->size, &out, 9220);
        assert_string_not_equal(afl_custom_describe(m, 100), "splice");
        afl_custom_fuzz(m, c->data, c->size, &out, NULL, 0, 9220);
        assert_string_not_equal(afl_custom_describe(m, 100), "splice");
        afl_custom_fuzz(m, c->data, c->size, &out, d->data, d->size, 9220);
        splices += strcmp(afl_custom_describe(m, 100), "splice") == 0;
    }
    assert_in_range(splices, 90, 100);
    afl_custom_deinit(m);
}

TEST(afl_never_gets_more_than_it_has_room_for)
{
    void *m = afl_custom_init(NULL, SEED);
    assert_non_null(m);
    for (unsigned i = 0; i < 5000; i++) {
        const struct packed *c = &corpus[i % corpus_count], *d = &corpus[(i * 7) % corpus_count];
        size_t max_size = 40 + i % 400, room = 1 + i % 60;
        uint8_t *out;
        size_t n = afl_custom_fuzz(m, c->data, c->size, &out, d->data, d->size, max_size);
        assert_in_range(n, 40, max_size);
        n = afl_custom_havoc_mutation(m, c->data, c->size, &out, max_size);
        assert_in_range(n, 40, max_size);
        assert_true(strlen(afl_custom_describe(m, room)) < room);
    }
    afl_custom_deinit(m);
}

/* The calls of the base that a trimmed program must still have, by index, as a set of bits. */
static bool has_needed(const uint8_t *data, size_t size, unsigned needed)
{
    size_t count = (size - PROGRAM_HEADER_BYTES) / PROGRAM_CALL_BYTES, at = 0;
    for (unsigned i = 0; i < base.call_count; i++) {
        if (!(needed >> i & 1))
            continue;
        while (at < count &&
               memcmp(instruction(data, at), instruction(base_bytes, i), PROGRAM_CALL_BYTES) != 0)
            at++;
        if (at++ >= count)
            return false;
    }
    return true;
}

/* As trim_case_custom() of afl-fuzz does it; returns the size that is left. */
static size_t trim(void *m, uint8_t *data, size_t size, unsigned needed, unsigned *runs)
{
    size_t least = size;
    int32_t at = 0, steps = afl_custom_init_trim(m, data, size);
    assert_true(steps >= 0);
    while (at < steps) {
        uint8_t *out = NULL;
        size_t n = afl_custom_trim(m, &out);
        assert_non_null(out);
        assert_in_range(n, PROGRAM_HEADER_BYTES + PROGRAM_CALL_BYTES, least - 1);
        bool good = has_needed(out, n, needed);
        if (good) {
            memcpy(data, out, n);
            least = n;
        }
        at = afl_custom_post_trim(m, good);
        assert_true(at >= 0 && ++*runs < 100);
    }
    return least;
}

TEST(trimming_leaves_the_needed_calls_alone)
{
    void *m = afl_custom_init(NULL, SEED);
    assert_non_null(m);
    for (unsigned needed = 1; needed < 1u << base.call_count; needed++) {
        unsigned runs = 0;
        size_t size = program_encode(&base, bytes);
        size = trim(m, bytes, size, needed, &runs);
        size_t calls = (size - PROGRAM_HEADER_BYTES) / PROGRAM_CALL_BYTES;
        assert_true(has_needed(bytes, size, needed));
        assert_int_equal(calls, __builtin_popcount(needed));
        assert_memory_equal(bytes, base_bytes, PROGRAM_HEADER_BYTES);
    }
    /* Programs of at most one call are not tried. */
    assert_int_equal(afl_custom_init_trim(m, base_bytes, 40), 0);
    assert_int_equal(afl_custom_init_trim(m, base_bytes, 2), 0);
    afl_custom_deinit(m);
}
