/* SPDX-License-Identifier: Apache-2.0 */
/*
 * For functions that read memory of any state, as somebody could who finds it later: released,
 * never written, or poisoned by a sanitizer. They may call no function that a sanitizer takes over.
 */
#ifndef FAULTS_ANY_MEMORY_H
#define FAULTS_ANY_MEMORY_H

#if defined(__clang__)
#define READS_ANY_MEMORY __attribute__((no_sanitize("address", "memory", "thread")))
#else
#define READS_ANY_MEMORY __attribute__((no_sanitize("address", "thread")))
#endif

#endif
