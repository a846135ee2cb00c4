/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A scenario uses a C library for what it is for, and checks what it got. Every allocation, file
 * and network call of the library can then be made to fail, in every way and at every place, and
 * what the library does with it is judged:
 *
 *     RUNDOWN_SCENARIO(compresses, "what was compressed is there again")
 *     {
 *         unsigned char packed[64], back[64];
 *         uLongf packed_bytes = sizeof packed, bytes = sizeof back;
 *         if (compress(packed, &packed_bytes, (const Bytef *)"text", 5) != Z_OK)
 *             return RUNDOWN_HANDLED;
 *         if (uncompress(back, &bytes, packed, packed_bytes) != Z_OK)
 *             return RUNDOWN_HANDLED;
 *         RUNDOWN_CLAIM(bytes == 5 && memcmp(back, "text", 5) == 0);
 *         return RUNDOWN_SUCCESS;
 *     }
 *
 * The program's main() comes from the library; docs/your-library.md says how it is built and read.
 * A scenario runs in a process of its own for each fault, so a crash costs one run.
 */
#ifndef RUNDOWN_SCENARIO_H
#define RUNDOWN_SCENARIO_H

#include <stddef.h>

enum rundown_result {
    RUNDOWN_SUCCESS, /* all is done: with a fault that is not harmless, that is a finding */
    RUNDOWN_HANDLED, /* the library said that it failed */
    RUNDOWN_WRONG,   /* it said that all is well, or that it failed, and it is not so */
};

typedef enum rundown_result rundown_scenario(void);

/* What follows is the body. `name` is an identifier, `what` one line of text. */
#define RUNDOWN_SCENARIO(name, what)                                                               \
    static rundown_scenario name;                                                                  \
    __attribute__((constructor)) static void rundown_add_##name(void)                              \
    {                                                                                              \
        rundown_add_scenario(#name, what, __FILE__, __LINE__, name);                               \
    }                                                                                              \
    static enum rundown_result name(void)

/* Ends the scenario as RUNDOWN_WRONG, and says where and why, unless it holds. */
#define RUNDOWN_CLAIM(condition)                                                                   \
    do {                                                                                           \
        if (!(condition))                                                                          \
            return rundown_wrong(#condition, __FILE__, __LINE__);                                  \
    } while (0)

/* Lets a peer answer on the simulated network, at the path of a UNIX socket or at a port of
   127.0.0.1, in this run of the scenario. A script has one of these on a line:

       > TEXT      waits until the client has sent TEXT (">" alone: anything)
       < "TEXT"    sends it; escapes as in C
       close       ends the connection
       reset       as if the peer's process had gone
       late N      N seconds pass

   It is borrowed; a mistake in it ends the program. */
void rundown_peer_local(const char *path, const char *script);
void rundown_peer_tcp(unsigned short port, const char *script);

/* A real server as a peer: the words of its command line, of which "{}" is the path of the UNIX
   socket that it is to listen at, and "{.}" that of the folder of its own in which it runs. It is
   started before the first run, and ended with the program. */
#define RUNDOWN_SERVER(name, ...) RUNDOWN_SERVER_WITH(name, NULL, __VA_ARGS__)

/* The same, with a pointer to what it needs beyond that, which stays. */
#define RUNDOWN_SERVER_WITH(name, needs, ...)                                                      \
    __attribute__((constructor)) static void rundown_add_server_##name(void)                       \
    {                                                                                              \
        static const char *const words[] = {__VA_ARGS__, NULL};                                    \
        rundown_add_server(#name, needs, words);                                                   \
    }
struct rundown_server_needs {
    const char *const *before; /* a command that runs to its end before the server; NULL: none */
    const char *const *ready;  /* one that ends with code 0 once the server can be used; NULL: it
                                  can when its socket takes a connection */
    const char *socket;        /* the socket's name in the folder; NULL: "socket" */
    const char *user; /* who runs all of these, and has the folder, if the program is root's */
    int end_signal;   /* by which the server is to end; 0: SIGKILL, which it ends by in any case
                         if it takes 20 seconds */
    unsigned seconds; /* that a run may take from where it asks for the server; 0: as any other */
};
/* A command for it: its words. */
#define RUNDOWN_COMMAND(...) ((const char *const[]){__VA_ARGS__, NULL})

/* The path of its socket. From here on the network of this run is the kernel's, with faults, and
   with the ledger. */
const char *rundown_server(const char *name);

/* For the macros. */
void rundown_add_scenario(const char *name, const char *what, const char *file, int line,
                          rundown_scenario *run);
void rundown_add_server(const char *name, const struct rundown_server_needs *needs,
                        const char *const *words);
enum rundown_result rundown_wrong(const char *claim, const char *file, int line);

#endif
