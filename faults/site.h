/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Stable names of fault points: CLASS@FUNCTION#N.
 */
#ifndef FAULTS_SITE_H
#define FAULTS_SITE_H

#include "fault.h"

uint16_t site_count(void);
const char *site_name(unsigned index);
enum fault_class site_class(unsigned index);
uint16_t site_hash(unsigned index);
int site_of_address(const void *caller);
int site_find(const char *name, size_t length);
int site_nearest(uint16_t hash, enum fault_class class);
/* `name`: what stands between @ and #1. Returns the index. */
int site_add_named(enum fault_class class, const char *name);

#endif
