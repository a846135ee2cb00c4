/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which sanitizer's run time this program has: RUNDOWN_ASAN, RUNDOWN_MSAN or RUNDOWN_TSAN is 1, the
 * others are 0. In the trees of engines AddressSanitizer watches the target alone
 * (rundown_judges in cmake/parts.cmake): this file may be compiled without it and know of it.
 */
#ifndef FAULTS_SANITIZERS_H
#define FAULTS_SANITIZERS_H

#if defined(__has_feature)
#define RUNDOWN_HAS(feature) __has_feature(feature)
#else
#define RUNDOWN_HAS(feature) 0
#endif

#if RUNDOWN_HAS(address_sanitizer) || defined(__SANITIZE_ADDRESS__) ||                             \
    defined(RUNDOWN_BESIDE_ADDRESS_SANITIZER)
#define RUNDOWN_ASAN 1
#else
#define RUNDOWN_ASAN 0
#endif

#if RUNDOWN_HAS(memory_sanitizer)
#define RUNDOWN_MSAN 1
#else
#define RUNDOWN_MSAN 0
#endif

#if RUNDOWN_HAS(thread_sanitizer) || defined(__SANITIZE_THREAD__)
#define RUNDOWN_TSAN 1
#else
#define RUNDOWN_TSAN 0
#endif

#endif
