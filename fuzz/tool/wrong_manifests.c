/* SPDX-License-Identifier: Apache-2.0 */
#include "wrong_manifests.h"

#include "backup.h"

/* Any checksum: what it is of is not looked at before the manifest is known to be of the right
   form. */
#define SUM   "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define TOKEN "token\t72\t" SUM "\ttoken\n"
#define FILE_LINE(kind, size, name, origin)                                                        \
    "file\t" kind "\t" size "\t" SUM "\t" name "\t" origin "\n"
#define DATABASE FILE_LINE("D", "40960", "ntds.dit", "\\\\DC1\\store\\ntds.dit")
#define LOG      FILE_LINE("!", "5000", "edb.log", "\\\\DC1\\store\\edb.log")

/* Name, story, lines of the manifest, what a restore says of it. */
#define REFUSED(name, story, lines, says)                                                          \
    {                                                                                              \
        "manifest-" name, SCENARIO_READS, "restore " BACKUP_DEST, story, 1, says,                  \
            .manifest = (lines), .restore_mode = true, .every = 16                                 \
    }
#define WRONG_LINE(n)      "line " n " of its manifest is wrong"
#define DAMAGED            "its manifest is damaged or cut short"
#define NUL                "\x01" /* BACKUP_NUL */
#define END                "\x02" /* BACKUP_END */
#define WRONG_NAME         "not a name for a file of this kind"
#define NAMED(name)        TOKEN FILE_LINE("D", "40960", name, "\\\\DC1\\store\\ntds.dit")
#define KIND(kind, name)   TOKEN DATABASE FILE_LINE(kind, "5000", name, "\\\\DC1\\store\\" name)
#define SIZED(size)        TOKEN FILE_LINE("D", size, "ntds.dit", "\\\\DC1\\store\\ntds.dit")
#define TOKEN_LINE(fields) fields "\n" DATABASE LOG

const struct scenario wrong_manifests[] = {
    REFUSED("of-nothing", "it has no line", "", WRONG_LINE("2")),
    REFUSED("without-token", "its first line is that of a file", DATABASE LOG, WRONG_LINE("2")),
    REFUSED("of-another-token", "the token is in a file of another name",
            TOKEN_LINE("token\t72\t" SUM "\ttoken.new"), WRONG_LINE("2")),
    REFUSED("of-a-large-token", "the token is larger than any",
            TOKEN_LINE("token\t4097\t" SUM "\ttoken"), WRONG_LINE("2")),
    REFUSED("of-a-token-without-sum", "the token has no checksum", TOKEN_LINE("token\t72\t\ttoken"),
            WRONG_LINE("2")),
    REFUSED("of-a-token-and-more", "the line of the token has a field more",
            TOKEN_LINE("token\t72\t" SUM "\ttoken\t"), WRONG_LINE("2")),
    REFUSED("without-database", "it names no database", TOKEN LOG, "not exactly one database"),
    REFUSED("of-two-databases", "it names two databases",
            TOKEN DATABASE FILE_LINE("D", "40960", "other.dit", "\\\\DC1\\store\\other.dit"),
            "not exactly one database"),
    REFUSED("that-names-twice", "it names a file twice", TOKEN DATABASE LOG LOG,
            "file 'edb.log': named twice"),
    REFUSED("of-a-cut-line", "its last line does not end", TOKEN DATABASE "file\t!",
            "is wrong, or it names not exactly one database"),
    REFUSED("of-many-fields", "a line has a field more",
            TOKEN DATABASE "file\t!\t1\t" SUM "\tedb.log\ta\tb\n", WRONG_LINE("4")),
    REFUSED("of-another-tag", "a line begins with another word",
            TOKEN DATABASE "link\tL\t1\t" SUM "\tedb.log\ta\n", WRONG_LINE("4")),
    REFUSED("of-a-long-kind", "a kind has two letters",
            TOKEN DATABASE "file\t!!\t1\t" SUM "\tedb.log\ta\n", WRONG_LINE("4")),
    REFUSED("of-a-short-sum", "a checksum is cut", TOKEN DATABASE "file\t!\t1\t0123\tedb.log\ta\n",
            WRONG_LINE("4")),
    REFUSED("of-a-sum-in-words", "a checksum is of other digits",
            TOKEN DATABASE "file\t!\t1\t0123456789abcdef0123456789abcdef0123456789abcdef0123456789a"
                           "bcdeg\tedb.log\ta\n",
            WRONG_LINE("4")),
    REFUSED("of-no-size", "a size has no digits", SIZED(""), WRONG_LINE("3")),
    REFUSED("of-a-negative-size", "a size has a sign", SIZED("-1"), WRONG_LINE("3")),
    REFUSED("of-a-size-with-a-zero", "a size begins with 0", SIZED("040960"), WRONG_LINE("3")),
    REFUSED("of-a-size-beyond-all", "a size has 19 digits", SIZED("1000000000000000000"),
            WRONG_LINE("3")),
    REFUSED("that-climbs", "a name leads out of the backup", NAMED("../ntds.dit"), WRONG_NAME),
    REFUSED("of-the-folder", "a name is that of the folder", NAMED("."), WRONG_NAME),
    REFUSED("of-the-folder-above", "a name is that of the folder above", NAMED(".."), WRONG_NAME),
    REFUSED("of-a-backslash", "a name holds a backslash", NAMED("a\\ntds.dit"), WRONG_NAME),
    REFUSED("of-a-control-character", "a name holds an escape", NAMED("\033ntds.dit"),
            "file '(unprintable)'"),
    REFUSED("of-a-deleted-character", "a name holds DEL", NAMED("ntds\x7f.dit"),
            "file '(unprintable)'"),
    REFUSED("of-an-empty-name", "a name is empty", NAMED(""), WRONG_NAME),
    REFUSED("of-a-log-of-letters", "a log has no number", KIND("!", "edb0000g.log"), WRONG_NAME),
    REFUSED("of-a-log-that-is-a-database", "a log has the kind of a database",
            KIND("D", "edb00001.log"), WRONG_NAME),
    REFUSED("of-a-patch-that-is-a-log", "a patch file has the kind of a log", KIND("!", "temp.pat"),
            WRONG_NAME),
    REFUSED("of-a-patch-without-a-name", "a patch file has no name but its end", KIND("%", ".pat"),
            WRONG_NAME),
    REFUSED("of-an-unknown-kind", "a kind is none of the known", KIND("X", "edb.log"), WRONG_NAME),
    REFUSED("of-itself", "it names itself", KIND("D", "manifest"), WRONG_NAME),
    REFUSED("of-its-token", "it names the token as a file", KIND("D", "token"), WRONG_NAME),
    REFUSED("of-a-control-character-in-an-origin", "an origin holds an escape",
            TOKEN DATABASE FILE_LINE("!", "5000", "edb.log", "\\\\DC1\\store\\\033edb.log"),
            "its origin holds control characters"),
    REFUSED("of-another-version", "it is of version 2", "dsbackup manifest 2\n" TOKEN DATABASE LOG,
            "its manifest is not one of this version"),
    REFUSED("of-a-longer-version", "it is of version 10", "dsbackup manifest 10\n" TOKEN DATABASE,
            "its manifest is not one of this version"),
    REFUSED("of-two-first-lines", "its first line comes twice",
            "dsbackup manifest 1\ndsbackup manifest 1\n" TOKEN DATABASE LOG, WRONG_LINE("2")),
    REFUSED("with-a-line-behind", "a line follows that of its checksum",
            TOKEN DATABASE LOG END "file\n", DAMAGED),
    REFUSED("with-a-nul-behind", "a NUL follows the line of its checksum",
            TOKEN DATABASE LOG END NUL, DAMAGED),
    REFUSED("of-a-nul-before-a-line", "a line begins with a NUL", TOKEN DATABASE NUL LOG, DAMAGED),
    REFUSED("of-a-nul-behind-its-lines", "a NUL is before the line of its checksum",
            TOKEN DATABASE LOG NUL, DAMAGED),
    REFUSED("of-a-nul-behind-its-name", "a name ends with a NUL", NAMED("ntds.dit" NUL), DAMAGED),
    REFUSED("of-a-nul-behind-an-origin", "an origin ends with a NUL",
            TOKEN FILE_LINE("D", "40960", "ntds.dit", "\\\\DC1\\store\\ntds.dit" NUL "x"), DAMAGED),
    REFUSED("of-a-nul-behind-a-size", "a size ends with a NUL", SIZED("40960" NUL), DAMAGED),
    REFUSED("of-lines-that-end-otherwise", "its lines end with a carriage return too",
            TOKEN "file\tD\t40960\t" SUM "\tntds.dit\t\\\\DC1\\store\\ntds.dit\r\n",
            "its origin holds control characters"),
    REFUSED("of-an-empty-line", "a line is empty", TOKEN DATABASE "\n" LOG, WRONG_LINE("4")),
    REFUSED("of-an-empty-last-line", "its last line is empty", TOKEN DATABASE LOG "\n",
            WRONG_LINE("5")),
    REFUSED("of-two-tokens", "it has two tokens", TOKEN TOKEN DATABASE, WRONG_LINE("3")),
    REFUSED("of-a-token-between", "a token is among the files", TOKEN DATABASE TOKEN LOG,
            WRONG_LINE("4")),
    REFUSED("of-few-fields", "a line has a field less",
            TOKEN DATABASE "file\t!\t1\t" SUM "\tedb.log\n", WRONG_LINE("4")),
    REFUSED("of-an-empty-kind", "a kind is empty",
            TOKEN DATABASE "file\t\t1\t" SUM "\tedb.log\ta\n", WRONG_LINE("4")),
    REFUSED("of-a-longer-tag", "a line begins with a longer word",
            TOKEN DATABASE "files\t!\t1\t" SUM "\tedb.log\ta\n", WRONG_LINE("4")),
    REFUSED("of-a-long-sum", "a checksum has a digit more",
            TOKEN DATABASE "file\t!\t1\t" SUM "0\tedb.log\ta\n", WRONG_LINE("4")),
    REFUSED("of-a-sum-in-capitals", "a checksum is in capital letters",
            TOKEN DATABASE "file\t!\t1\t0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF0123456789A"
                           "BCDEF\tedb.log\ta\n",
            WRONG_LINE("4")),
    REFUSED("of-a-size-behind-a-blank", "a size begins with a blank", SIZED(" 40960"),
            WRONG_LINE("3")),
    REFUSED("of-a-size-and-a-blank", "a size ends with a blank", SIZED("40960 "), WRONG_LINE("3")),
    REFUSED("of-a-size-with-a-plus", "a size has a plus", SIZED("+40960"), WRONG_LINE("3")),
    REFUSED("of-a-size-in-hexadecimal", "a size is hexadecimal", SIZED("0xa000"), WRONG_LINE("3")),
    REFUSED("of-a-size-in-letters", "a size has an exponent", SIZED("4096e1"), WRONG_LINE("3")),
};

const size_t wrong_manifests_count = sizeof wrong_manifests / sizeof *wrong_manifests;
