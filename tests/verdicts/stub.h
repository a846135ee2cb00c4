/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A tiny target: right by the contract for a handful of calls, and wrong in one way if asked to be.
 * It goes through the world like the real one, over PDUs of a protocol of its own.
 */
#ifndef VERDICTS_STUB_H
#define VERDICTS_STUB_H

#include <stdbool.h>

enum stub_bug {
    STUB_RIGHT,
    BUG_WRONG_CODE,            /* another code for a file that is not listed */
    BUG_SWALLOWS,              /* goes on without the memory it did not get */
    BUG_CLOSES_THE_OPEN_FILE,  /* a refused OpenFile closes the file that is open */
    BUG_FLIPS_A_BIT,           /* of the data */
    BUG_WRONG_SIZE,            /* of the file */
    BUG_WRONG_ANSWER,          /* online for offline */
    BUG_STALE_HANDLE,          /* an ended handle is answered like a live one */
    BUG_TOUCHES_OUTPUT,        /* writes the count before it looks at the handle */
    BUG_ASKS_ABOUT_ANY_HANDLE, /* sends before it looks at the handle */
    BUG_LEAVES_OUTPUT,         /* a failed Prepare leaves the handle set */
    BUG_COUNT_TOO_LARGE,       /* more bytes than there was room for */
    BUG_END_NEEDS_THE_SERVER,  /* End keeps the handle if the reply is lost */
    BUG_TWO_HANDLES,           /* Prepare takes two slots */
    BUG_CLIENT_LEAKS,
    BUG_SERVER_LEAKS,
    BUG_KEEPS_SESSION, /* the server does not run a session down */
    BUG_FREES_TWICE,
    BUG_FREES_WHAT_IS_NOT_ITS_OWN,
    BUG_USES_A_CLOSED_SOCKET,
    BUG_WAITS_FOR_EVER,
    BUG_KEEPS_THE_PASSWORD, /* in memory that it frees */
    BUG_LOOPS,
    BUG_DIFFERS, /* from run to run */
    BUG_KEEPS_A_LOCK,
    BUG_LOCK_SPANS_CALLS, /* Prepare takes it, End gives it back */
    BUG_ODD_ANSWER,       /* neither TRUE nor FALSE */
    BUG_FREES_NOTHING,    /* DsBackupFree, until the library is unloaded */
    BUG_KEEPS_CONNECTION, /* the server counts one that is gone */
    BUG_LOCKS_TWICE,
    BUG_UNLOCKS_TWICE,
    BUG_DESTROYS_A_HELD_LOCK,
    BUG_LOCK_IS_NOT_DURABLE, /* the restore interlock is lost with the power */
    BUG_CANNOT_START_TWICE,  /* does not start on its own files */
    BUG_SAME_HANDLE_AGAIN,   /* a slot that is used again has the value of before */
    BUG_SLOW,                /* waits ten times as long as it may */
    BUG_SHOWS_MEMORY,        /* sends bytes that were never written */
    BUG_COPIES_THE_PASSWORD, /* to the stack, and leaves it there */
    BUG_TELLS_THE_PASSWORD,  /* the server, in an answer */
    STUB_BUGS
};
extern enum stub_bug stub_bug;

#endif
