/* SPDX-License-Identifier: Apache-2.0 */
#include <rundown/scenario.h>

#include <sqlite3.h>
#include <string.h>

static int read_names(sqlite3 *db, char names[32])
{
    sqlite3_stmt *query;
    int code = sqlite3_prepare_v2(db, "SELECT name FROM t ORDER BY name", -1, &query, NULL);
    while (code == SQLITE_OK && (code = sqlite3_step(query)) == SQLITE_ROW) {
        const char *name = (const char *)sqlite3_column_text(query, 0);
        if (name == NULL)
            break;
        strncat(names, name, 31 - strlen(names));
        code = SQLITE_OK;
    }
    sqlite3_finalize(query);
    return code;
}

RUNDOWN_SCENARIO(inserts_and_selects, "a database in memory gives back what was inserted")
{
    char names[32] = "";
    sqlite3 *db;
    int code = sqlite3_open(":memory:", &db);
    if (code == SQLITE_OK)
        code = sqlite3_exec(db,
                            "CREATE TABLE t(id INTEGER PRIMARY KEY, name TEXT);"
                            "BEGIN; INSERT INTO t(name) VALUES('b'); INSERT INTO t(name) "
                            "VALUES('a'); COMMIT",
                            NULL, NULL, NULL);
    if (code == SQLITE_OK)
        code = read_names(db, names);
    sqlite3_close(db);
    if (code != SQLITE_DONE)
        return RUNDOWN_HANDLED;
    RUNDOWN_CLAIM(strcmp(names, "ab") == 0);
    return RUNDOWN_SUCCESS;
}
