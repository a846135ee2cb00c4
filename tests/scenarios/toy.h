/* SPDX-License-Identifier: Apache-2.0 */
/* A library with known faults, one of each kind; no other function has any. */
#ifndef TOY_H
#define TOY_H

#include <stddef.h>

char *toy_copy(const char *text); /* right; allocates by a tail call */
void toy_free(void *block);
char *toy_joined(const char *a, const char *b); /* leaves a block behind if the second fails */
char *toy_doubled(const char *text);    /* releases a block twice if the second allocation fails */
char *toy_unchecked(const char *text);  /* writes to what it did not get */
char *toy_speechless(const char *text); /* the same, for the words that say that it has failed */
char *toy_sorry(const char *text);      /* the same, for what it gets after other words */
int toy_closed(void);                  /* uses a file that it has closed, if it cannot be written */
char *toy_borrowed(const char *text);  /* releases its caller's text if there is no memory */
char *toy_reloaded(const char *text);  /* from its second call on as toy_unchecked() */
int toy_thread(void);                  /* makes its block in a thread of its own */
int toy_hint(void);                    /* success, whatever happens */
char *toy_truncated(const char *text); /* a text that is too short, if there is no memory for it */
char *toy_impatient(const char *text); /* tries again for ever */
char *toy_fatal(const char *text);     /* ends the process */
char *toy_once(const char *text);      /* after a failure it fails for good */
int toy_counted(void);                 /* each call keeps a block more */
int toy_table(void);                   /* the first call makes a table that stays */
extern void *(*toy_allocators[])(size_t);
void *toy_through_pointer(size_t size); /* calls malloc through a table */

#endif
