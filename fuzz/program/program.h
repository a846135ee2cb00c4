/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A program: up to 256 calls of the directory backup API and events of the world, each with
 * adversarially chosen arguments and perhaps faults, and the world that they run in. It has two
 * forms:
 *
 *   bytes  what engines mutate. A header of 4 bytes, then instructions of 36. Any byte string
 *          decodes to a program: selectors are taken modulo, a torn last instruction is dropped.
 *   text   what people read (program_text.h): one call a line, names as users of the API know them.
 *
 * Handles and buffers live in 16 variables each. A call may name any of them, whatever its
 * variable holds.
 */
#ifndef FUZZ_PROGRAM_H
#define FUZZ_PROGRAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    PROGRAM_MAX_CALLS = 256,
    PROGRAM_HEADER_BYTES = 4,
    PROGRAM_CALL_BYTES = 36,
    PROGRAM_MAX_BYTES = PROGRAM_HEADER_BYTES + PROGRAM_MAX_CALLS * PROGRAM_CALL_BYTES,
    PROGRAM_VARIABLES = 16,
    PROGRAM_NAME_BYTES = 24,
    PROGRAM_CALL_FAULTS = 2,
    PROGRAM_STORES = 6,
    PROGRAM_VERSION = 2,
};

/* Functions that differ only in A or W share a shape. */
enum api_shape {
    API_IS_NTDS_ONLINE,
    API_BACKUP_PREPARE,
    API_GET_DATABASE_NAMES,
    API_OPEN_FILE,
    API_READ,
    API_CLOSE,
    API_GET_BACKUP_LOGS,
    API_TRUNCATE_LOGS,
    API_BACKUP_END,
    API_FREE,
    API_GET_DATABASE_LOCATIONS,
    API_RESTORE_PREPARE,
    API_RESTORE_REGISTER,
    API_RESTORE_REGISTER_COMPLETE,
    API_RESTORE_END,
    API_SET_CURRENT_BACKUP_LOG,
    API_SET_AUTH_IDENTITY,
    API_CHECK_EXPIRY_TOKEN,
    /* Events: changes to the processes and to time. */
    EVENT_CLIENT_EXIT,  /* the client's process ends, and a new one begins */
    EVENT_SERVER_STOP,  /* the service is told to end */
    EVENT_SERVER_KILL,  /* its process dies; its files keep what was written */
    EVENT_POWER_FAIL,   /* its machine dies; unsynced data is lost */
    EVENT_SERVER_START, /* it starts again, unless it runs */
    EVENT_WAIT,         /* time passes */
    EVENT_CONFIGURE,    /* the administrator sets something, wrongly more often than not */
    /* What happens to the store. */
    EVENT_STORE_ROTATE,  /* the current log becomes an old one, and another begins */
    EVENT_STORE_GROW,    /* a file grows, ... */
    EVENT_STORE_SHRINK,  /* shrinks, ... */
    EVENT_STORE_REMOVE,  /* vanishes, ... */
    EVENT_STORE_REPLACE, /* something else takes its name, ... */
    EVENT_STORE_DENY,    /* the service may not open it any more, ... */
    EVENT_STORE_RESTORE, /* it is as it was */
    /* Somebody sets the clock of the machine. */
    EVENT_CLOCK_FORWARD,
    EVENT_CLOCK_BACK,
    EVENT_DISK_FULL, /* no byte and no name can be added ... */
    EVENT_DISK_FREE, /* ... until there is room again */
    API_SHAPES
};

enum parameter_kind {
    PARAMETER_END,
    PARAMETER_SERVER,      /* call.text selects the server name */
    PARAMETER_FILE,        /* call.text selects the file name */
    PARAMETER_PATHS,       /* call.text selects a set of restore paths and map */
    PARAMETER_IDENTITY,    /* call.text selects user, domain and password */
    PARAMETER_SETTING,     /* call.text selects what is set */
    PARAMETER_NUMBER,      /* call.number */
    PARAMETER_SECOND,      /* call.second */
    PARAMETER_HANDLE,      /* call.handle */
    PARAMETER_BUFFER,      /* call.buffer */
    PARAMETER_HANDLE_OUT,  /* call.handle_out; NULL pointer by flag */
    PARAMETER_BUFFER_OUT,  /* call.buffer_out; NULL pointer by flag */
    PARAMETER_POINTER_OUT, /* a plain out pointer; NULL by flag */
};

struct parameter {
    enum parameter_kind kind;
    const char *name;  /* as in ntdsbcli.h */
    uint8_t null_flag; /* bit of call.flags that passes NULL, out parameters only */
};

struct api_function {
    const char *name;
    enum api_shape shape;
    bool wide;
};

enum { API_FUNCTIONS = 28, PROGRAM_FUNCTIONS = 46 };
/* The 28 of ntdsbcli.h, then the events. */
extern const struct api_function api_functions[PROGRAM_FUNCTIONS];
/* The parameters of a shape, PARAMETER_END last. */
const struct parameter *api_parameters(enum api_shape shape);
/* DsBackupEnd() and DsRestoreEnd(), which consume a valid handle, whatever they return. */
static inline bool api_is_end(enum api_shape shape)
{
    return shape == API_BACKUP_END || shape == API_RESTORE_END;
}

enum handle_kind {
    HANDLE_VARIABLE, /* what the variable holds now: live, ended, or never set (NULL) */
    HANDLE_STALE,    /* what the variable held before its last assignment */
    HANDLE_NULL,
    HANDLE_MINUS_ONE,
    HANDLE_FORGED,  /* the variable's value xor call.extra */
    HANDLE_NEVER,   /* well-formed bits, never issued: call.extra picks them */
    HANDLE_POINTER, /* the address of live memory of the harness */
    HANDLE_RAW,     /* call.extra */
    HANDLE_KINDS
};

enum buffer_kind {
    BUFFER_VARIABLE, /* what the variable holds now: live, freed, or never set (NULL) */
    BUFFER_NULL,
    BUFFER_FOREIGN, /* memory that the API did not hand out */
    BUFFER_INSIDE,  /* one byte into the variable's buffer */
    BUFFER_DAMAGED, /* the token in the variable with one byte changed: call.extra picks it */
    BUFFER_SHORT,   /* the token in the variable, call.extra bytes long */
    BUFFER_LONG,    /* the token in the variable and call.extra bytes more */
    BUFFER_NOTHING, /* NULL, said to be call.extra bytes long */
    BUFFER_KINDS
};

struct reference {
    uint8_t kind;     /* enum handle_kind or buffer_kind */
    uint8_t variable; /* 0..15 */
};

enum { FAULT_CLAUSE_NONE = 0, FAULT_CLAUSE_ANY_SITE = 0 };
struct fault_clause {
    uint8_t class_plus_one; /* FAULT_CLAUSE_NONE, or 1 + a class of faults/fault/fault.h */
    uint8_t kind;           /* taken modulo the kinds of the class */
    uint8_t shape;          /* enum fault_shape */
    uint16_t nth;           /* 1-based among the calls at the class (or fault point) in the call */
    uint16_t site; /* FAULT_CLAUSE_ANY_SITE, or selects one of the class (site_nearest()) */
};

enum { CALL_LIST_NOT_NULL = 0x80 }; /* call.flags: the list pointer is not NULL on entry */

struct call {
    uint8_t function; /* index into api_functions */
    struct reference handle;
    struct reference buffer;
    uint8_t handle_out, buffer_out; /* variables */
    uint8_t text;                   /* selector, modulo the table that the parameter uses */
    uint8_t flags;
    uint32_t number, second;
    uint64_t extra; /* of a reference: mask, raw value, position */
    struct fault_clause faults[PROGRAM_CALL_FAULTS];
    bool expects; /* text form only: the result is asserted */
    int32_t expected;
};

struct program_world {
    bool restore_mode;
    bool tcp;
    uint8_t segment; /* bytes that one send or recv moves at most; 0: all */
    uint8_t store;   /* which store; modulo PROGRAM_STORES */
};

struct program {
    struct program_world world;
    bool sweep_pairs; /* text form only: the sweep also breaks the handling of faults */
    /* Text form only: the author's names of the variables; empty: h0, b0. */
    char handle_names[PROGRAM_VARIABLES][PROGRAM_NAME_BYTES];
    char buffer_names[PROGRAM_VARIABLES][PROGRAM_NAME_BYTES];
    size_t call_count;
    struct call calls[PROGRAM_MAX_CALLS];
};

/* The call with every member that its function does not use set to zero, padding included. */
void program_plain_call(struct call *plain, const struct call *c);
/* Whether both calls do the same: members that the function does not use are not compared. */
bool program_same(const struct program *a, const struct program *b);

/* Whether the call, or one of the program's, hands the library an identity. */
bool call_sets_identity(const struct call *c);
bool program_sets_identity(const struct program *p);

/* Any bytes decode. */
void program_decode(struct program *p, const uint8_t *bytes, size_t n);
/* Writes the canonical bytes; returns their number (<= PROGRAM_MAX_BYTES). */
size_t program_encode(const struct program *p, uint8_t out[PROGRAM_MAX_BYTES]);

/* The texts that selectors stand for (texts.def); NULL entries are NULL pointers.
   UTF-8, escapes resolved. */
enum text_table {
    TEXT_SERVERS,
    TEXT_FILES,
    TEXT_PATHS,
    TEXT_IDENTITIES,
    TEXT_SETTINGS,
    TEXT_TABLES
};
size_t program_text_count(enum text_table table);
const char *program_text(enum text_table table, size_t selector);
/* What a setting of TEXT_SETTINGS sets: the client's environment, at once, or what the service
   finds when it starts next. */
enum setting {
    SETTING_NOTHING,     /* all as usual */
    SETTING_NO_ENDPOINT, /* NTDSBCLI_ENDPOINT is not set */
    SETTING_ENDPOINT,    /* it is */
    SETTING_TIMEOUT,     /* NTDSBCLI_TIMEOUT_MS */
    SETTING_CLOCK,       /* the real clock is set back whenever time passes */
    SETTING_NO_INPUT,    /* the client's process has no standard input */
    SETTING_HOST,        /* members of struct ntdsb_server_config: ... */
    SETTING_STORE,
    SETTING_SESSIONS,      /* 0 */
    SETTING_TOMBSTONE,     /* days */
    SETTING_ACCOUNTS_FILE, /* its path */
    SETTING_OBSERVER,      /* there is one */
    SETTING_ACCOUNTS,      /* the content of its file */
    SETTING_ACCOUNTS_SIZE, /* 2 MiB */
    SETTING_ACCOUNTS_CUT,  /* the hash of the guest's password, without its last character */
    SETTING_KEY_MISSING,   /* the usual store without server.key, at each start */
    SETTING_STATE_MISSING, /* without the folder state/, if that holds nothing */
    SETTING_KEY_FILE,      /* a store whose server.key has this content, ... */
    SETTING_KEY_FOLDER,    /* is a folder, ... */
    SETTING_KEY_SIZE,      /* has 16 MiB, ... */
    SETTING_KEY,           /* has this as its payload, ... */
    SETTING_KEY_DAMAGED,   /* and another digest */
    SETTING_STATE,         /* a store whose state/restore.state has this as its payload */
};

/* The table that call.text of a parameter of this kind selects from. */
enum text_table program_text_table(enum parameter_kind kind);

#endif
