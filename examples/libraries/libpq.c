/* SPDX-License-Identifier: Apache-2.0 */
/* With the server that it is made for, which refuses to be root's. */
#include <rundown/scenario.h>

#include <postgresql/libpq-fe.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define POSTGRES "/usr/lib/postgresql/15/bin/"

static const struct rundown_server_needs needs = {
    .before = RUNDOWN_COMMAND(POSTGRES "initdb", "-D", "data", "-U", "me", "-A", "trust",
                              "--locale", "C", "--no-sync"),
    .ready = RUNDOWN_COMMAND(POSTGRES "pg_isready", "-h", "{.}"),
    .socket = ".s.PGSQL.5432",
    .user = "nobody",
    .end_signal = SIGINT,
    .seconds = 3,
};
RUNDOWN_SERVER_WITH(postgres, &needs, POSTGRES "postgres", "-D", "data", "-k", "{.}", "-h", "",
                    "-F")

/* It is told the folder of the socket. */
static PGconn *connect_to_server(void)
{
    const char *socket = rundown_server("postgres"), *name = strrchr(socket, '/');
    char text[256];
    snprintf(text, sizeof text, "host=%.*s user=me dbname=postgres connect_timeout=2",
             (int)(name - socket), socket);
    PGconn *c = PQconnectdb(text);
    if (PQstatus(c) == CONNECTION_OK)
        return c;
    PQfinish(c);
    return NULL;
}

/* A backslash is a character like others, unless the server says that its strings are not standard.
 */
RUNDOWN_SCENARIO(asks, "a text that a real postgres got comes back")
{
    static const char text[] = "it's a \\";
    char escaped[2 * sizeof text], query[64];
    PGconn *c = connect_to_server();
    if (c == NULL)
        return RUNDOWN_HANDLED;
    PQescapeStringConn(c, escaped, text, strlen(text), NULL);
    snprintf(query, sizeof query, "SELECT '%s', $1::text", escaped);
    PGresult *r = PQexecParams(c, query, 1, NULL, (const char *[]){text}, NULL, NULL, 0);
    bool failed = PQresultStatus(r) != PGRES_TUPLES_OK,
         right = !failed && PQntuples(r) == 1 && strcmp(PQgetvalue(r, 0, 0), text) == 0 &&
                 strcmp(PQgetvalue(r, 0, 1), text) == 0;
    PQclear(r);
    PQfinish(c);
    if (failed)
        return RUNDOWN_HANDLED;
    RUNDOWN_CLAIM(right);
    return RUNDOWN_SUCCESS;
}

static bool does(PGconn *c, const char *query, ExecStatusType expected)
{
    PGresult *r = PQexec(c, query);
    bool done = PQresultStatus(r) == expected;
    PQclear(r);
    return done;
}

/* What is left of a command's results; whether all of them are good. */
static bool ends_well(PGconn *c)
{
    PGresult *r;
    bool good = true;
    while ((r = PQgetResult(c)) != NULL) {
        good = good && PQresultStatus(r) == PGRES_COMMAND_OK;
        PQclear(r);
    }
    return good;
}

static bool copy_in(PGconn *c, const char *line)
{
    return does(c, "CREATE TEMP TABLE t (word text)", PGRES_COMMAND_OK) &&
           does(c, "COPY t FROM STDIN", PGRES_COPY_IN) &&
           PQputCopyData(c, line, (int)strlen(line)) == 1 && PQputCopyEnd(c, NULL) == 1 &&
           ends_well(c);
}

RUNDOWN_SCENARIO(copies, "a line that was copied to a real postgres is copied from there")
{
    PGconn *c = connect_to_server();
    char *line = NULL;
    if (c == NULL)
        return RUNDOWN_HANDLED;
    bool good = copy_in(c, "word\n") && does(c, "COPY t TO STDOUT", PGRES_COPY_OUT) &&
                PQgetCopyData(c, &line, 0) > 0,
         right = good && strcmp(line, "word\n") == 0;
    if (line != NULL)
        PQfreemem(line);
    line = NULL;
    good = good && PQgetCopyData(c, &line, 0) == -1 && ends_well(c);
    if (line != NULL)
        PQfreemem(line);
    PQfinish(c);
    if (!good)
        return RUNDOWN_HANDLED;
    RUNDOWN_CLAIM(right);
    return RUNDOWN_SUCCESS;
}
