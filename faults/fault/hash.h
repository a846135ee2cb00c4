/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Hashes and random numbers that are the same on every machine and in every run. Not
 * for cryptography.
 */
#ifndef FAULTS_HASH_H
#define FAULTS_HASH_H

#include <stddef.h>
#include <stdint.h>

/* FNV-1a: https://datatracker.ietf.org/doc/html/draft-eastlake-fnv */
#define HASH_64_START 0xcbf29ce484222325u
#define HASH_64_PRIME 0x100000001b3u

static inline uint32_t hash_32(const void *bytes, size_t n)
{
    uint32_t hash = 2166136261u;
    for (size_t i = 0; i < n; i++)
        hash = (hash ^ ((const uint8_t *)bytes)[i]) * 16777619u;
    return hash;
}

/* Continues from `hash`: HASH_64_START, or the hash of the bytes before. */
static inline uint64_t hash_64(uint64_t hash, const void *bytes, size_t n)
{
    for (size_t i = 0; i < n; i++)
        hash = (hash ^ ((const uint8_t *)bytes)[i]) * HASH_64_PRIME;
    return hash;
}

/* splitmix64 (Steele, Lea, Flood 2014): the numbers of a stream are hash_spread(state +=
   HASH_STREAM_STEP). Neighbouring states give unrelated numbers. */
#define HASH_STREAM_STEP 0x9e3779b97f4a7c15u

static inline uint64_t hash_spread(uint64_t z)
{
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

#endif
