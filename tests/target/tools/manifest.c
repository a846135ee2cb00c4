/* SPDX-License-Identifier: Apache-2.0 */
/*
 * target/tools/manifest.c: a manifest that somebody may have touched. Each one here has a right
 * last line, unless that is what is wrong with it: a checksum keeps nobody from writing what he
 * likes.
 */
#include "tests/support/test.h"

#include "target/digest/sha256.h"
#include "target/tools/manifest.h"
#include "target/tools/names.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SUM   "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
#define FIRST "dsbackup manifest 1\n"
#define TOKEN "token\t72\t" SUM "\ttoken\n"
#define FILE_LINE(kind, size, sum, name, origin)                                                   \
    "file\t" kind "\t" size "\t" sum "\t" name "\t" origin "\n"
#define DATABASE FILE_LINE("D", "8192", SUM, "ntds.dit", "\\\\DC1\\db\\ntds.dit")
#define LOG      FILE_LINE("!", "0", SUM, "edb.log", "\\\\DC1\\log\\edb.log")

struct place {
    char path[64];
    int directory;
    struct manifest manifest;
};

static struct place place;

static void make_place(void)
{
    /* Thousands of files: in memory where there is such a place. */
    snprintf(place.path, sizeof place.path, "%s/test_manifest.XXXXXX",
             access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
    assert_non_null(mkdtemp(place.path));
    place.directory = open(place.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    assert_true(place.directory >= 0);
}

static void remove_place(void)
{
    manifest_destroy(&place.manifest);
    unlinkat(place.directory, MANIFEST_NAME, 0);
    unlinkat(place.directory, MANIFEST_NAME, AT_REMOVEDIR);
    close(place.directory);
    assert_int_equal(rmdir(place.path), 0);
}

AROUND_EACH_TEST(make_place, remove_place);

static void put(const struct place *p, const void *bytes, size_t n)
{
    unlinkat(p->directory, MANIFEST_NAME, 0);
    int fd = openat(p->directory, MANIFEST_NAME, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, bytes, n), n);
    close(fd);
}

static bool read_it(struct place *p)
{
    manifest_destroy(&p->manifest);
    bool done = manifest_read(&p->manifest, p->directory, "here");
    if (!done)
        assert_true(p->manifest.files == NULL && p->manifest.count == 0);
    return done;
}

/* Whether a manifest of these bytes, and the last line that fits them, is read. */
static bool reads(struct place *p, const char *body, size_t n)
{
    char *text = malloc(n + 4 + DIGEST_TEXT + 2);
    assert_non_null(text);
    struct digest d = digest_of(body, n);
    memcpy(text, body, n);
    memcpy(text + n, "end\t", 4);
    digest_to_text(&d, text + n + 4);
    text[n + 4 + DIGEST_TEXT] = '\n';
    put(p, text, n + 4 + DIGEST_TEXT + 1);
    free(text);
    return read_it(p);
}

TEST(what_was_written_is_read)
{
    struct place *p = &place;
    struct manifest_file files[] = {
        {KIND_DATABASE, 999999999999999999, digest_of("d", 1), (char[]){"ntds.dit"},
         (char[]){"\\\\DC1\\db\\ntds.dit"}},
        {KIND_LOG, 0, digest_of("l", 1), (char[]){"edb0000a.log"}, (char[]){""}},
        {KIND_PATCH, 1, digest_of("p", 1), (char[]){"\xc3\xa4 b.pat"}, (char[]){"\xff\\x"}},
    };
    struct manifest m = {.token_size = 72, .token_checksum = digest_of("t", 1)};
    for (size_t i = 0; i < 3; i++)
        assert_true(manifest_add(&m, &files[i]));
    assert_true(manifest_write(&m, p->directory, "here"));
    manifest_destroy(&m);
    assert_true(read_it(p));
    assert_int_equal(p->manifest.count, 3);
    assert_int_equal(p->manifest.token_size, 72);
    struct digest token = digest_of("t", 1);
    assert_memory_equal(p->manifest.token_checksum.bytes, token.bytes, sizeof token.bytes);
    for (size_t i = 0; i < 3; i++) {
        const struct manifest_file *f = manifest_find(&p->manifest, files[i].name);
        assert_ptr_equal(f, &p->manifest.files[i]);
        assert_int_equal(f->kind, files[i].kind);
        assert_int_equal(f->size, files[i].size);
        assert_string_equal(f->origin, files[i].origin);
        assert_memory_equal(f->checksum.bytes, files[i].checksum.bytes, sizeof token.bytes);
    }
    assert_null(manifest_find(&p->manifest, "edb.log"));
}

TEST(a_sealed_manifest_is_read)
{
    static const char body[] = FIRST TOKEN DATABASE LOG;
    assert_true(reads(&place, body, sizeof body - 1));
    assert_true(reads(&place, FIRST TOKEN DATABASE, sizeof(FIRST TOKEN DATABASE) - 1));
}

TEST(lines_that_are_wrong_are_refused)
{
    static const char *const bodies[] = {
        "",
        "\n",
        FIRST,
        FIRST TOKEN,
        FIRST DATABASE,
        FIRST TOKEN LOG,               /* no database */
        FIRST TOKEN DATABASE DATABASE, /* twice */
        FIRST TOKEN DATABASE LOG LOG,
        FIRST TOKEN DATABASE FILE_LINE("D", "1", SUM, "other.dit", "x"), /* two databases */
        FIRST TOKEN TOKEN DATABASE,
        FIRST DATABASE TOKEN,
        FIRST "\n" TOKEN DATABASE,
        FIRST TOKEN "\n" DATABASE,
        FIRST TOKEN DATABASE "\n",
        FIRST FIRST TOKEN DATABASE,
        "dsbackup manifest 2\n" TOKEN DATABASE,
        "dsbackup manifest 1\r\n" TOKEN DATABASE,
        " " FIRST TOKEN DATABASE,
        FIRST "Token\t72\t" SUM "\ttoken\n" DATABASE,
        FIRST "token\t72\t" SUM "\tother\n" DATABASE,
        FIRST "token\t72\t" SUM "\ttoken\t\n" DATABASE,
        FIRST "token\t72\t" SUM "\n" DATABASE,
        FIRST "token\t4097\t" SUM "\ttoken\n" DATABASE,
        FIRST "token\t-1\t" SUM "\ttoken\n" DATABASE,
        FIRST "token\t\t" SUM "\ttoken\n" DATABASE,
        FIRST TOKEN DATABASE "end\t" SUM "\n",
        FIRST TOKEN DATABASE "more",
        FIRST TOKEN DATABASE "file\t!\t0\t" SUM "\tedb.log\n",
        FIRST TOKEN DATABASE "file\t!\t0\t" SUM "\tedb.log\tx\ty\n",
        FIRST TOKEN DATABASE "file \t!\t0\t" SUM "\tedb.log\tx\n",
    };
    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++)
        if (reads(&place, bodies[i], strlen(bodies[i])))
            fail_msg("read: %s", bodies[i]);
}

TEST(fields_of_a_file_are_refused_unless_of_one_form)
{
    static const struct {
        const char *kind, *size, *sum;
        bool right;
    } rows[] = {
        {"!", "0", SUM, true},
        {"!", "999999999999999999", SUM, true},
        {"!", "1000000000000000000", SUM, false},
        {"!", "18446744073709551616", SUM, false},
        {"!", "00", SUM, false},
        {"!", "08", SUM, false},
        {"!", "+1", SUM, false},
        {"!", "-1", SUM, false},
        {"!", "1 ", SUM, false},
        {"!", "0x1", SUM, false},
        {"!", "", SUM, false},
        {"D", "0", SUM, false}, /* edb.log is no database's name */
        {"%", "0", SUM, false},
        {"X", "0", SUM, false},
        {"!!", "0", SUM, false},
        {"", "0", SUM, false},
        {"!", "0", SUM "0", false},
        {"!", "0", SUM " ", false},
        {"!", "0", "BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD", false},
        {"!", "0", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015a", false},
        {"!", "0", "", false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char body[512];
        snprintf(body, sizeof body, FIRST TOKEN DATABASE "file\t%s\t%s\t%s\tedb.log\tx\n",
                 rows[i].kind, rows[i].size, rows[i].sum);
        if (reads(&place, body, strlen(body)) != rows[i].right)
            fail_msg("not as it should be: %s", body);
    }
}

TEST(names_stay_inside_of_the_backup)
{
    static const struct {
        const char *kind, *name;
        bool right;
    } rows[] = {
        {"!", "edb.log", true},
        {"!", "edb0000A.log", true},
        {"%", "ntds.pat", true},
        {"!", "edb0000g.log", false},
        {"!", "edb000000.log", false},
        {"!", "EDB.LOG", false},
        {"!", "../edb.log", false},
        {"!", "/edb.log", false},
        {"!", "a\\edb.log", false},
        {"!", "", false},
        {"!", ".", false},
        {"%", "..", false},
        {"%", ".pat", false},
        {"%", "a/b.pat", false},
        {"%", "..\\b.pat", false},
        {"%", "a\x7f.pat", false},
        {"%", "a\x1b.pat", false},
        {"!", "token", false},
        {"!", "manifest", false},
        {"%", "server.key", false},
        {"%", "state", false},
        {"%", "ntds.dit", false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char body[512];
        snprintf(body, sizeof body, FIRST TOKEN DATABASE "file\t%s\t0\t" SUM "\t%s\tx\n",
                 rows[i].kind, rows[i].name);
        if (reads(&place, body, strlen(body)) != rows[i].right)
            fail_msg("not as it should be: '%s'", rows[i].name);
    }
    static const char *const databases[] = {"token", "manifest", "..", "a/b", "edb.log", "x.pat"};
    for (size_t i = 0; i < sizeof databases / sizeof *databases; i++) {
        char body[512];
        snprintf(body, sizeof body, FIRST TOKEN "file\tD\t0\t" SUM "\t%s\tx\n", databases[i]);
        assert_false(reads(&place, body, strlen(body)));
    }
}

TEST(names_and_origins_have_bounds)
{
    for (int letters = NAMES_MAX - 4; letters <= NAMES_MAX - 3; letters++) {
        char name[NAMES_MAX + 8], body[1024];
        memset(name, 'n', sizeof name);
        strcpy(name + letters, ".pat");
        snprintf(body, sizeof body, FIRST TOKEN DATABASE "file\t%%\t0\t" SUM "\t%s\tx\n", name);
        assert_int_equal(reads(&place, body, strlen(body)), strlen(name) <= NAMES_MAX);
    }
    static const char *const origins[] = {"x\x1b[2J", "x\x7f", "\r"};
    for (size_t i = 0; i < sizeof origins / sizeof *origins; i++) {
        char body[512];
        snprintf(body, sizeof body, FIRST TOKEN DATABASE "file\t!\t0\t" SUM "\tedb.log\t%s\n",
                 origins[i]);
        assert_false(reads(&place, body, strlen(body)));
    }
}

/* 8191 files besides the database; one more is refused. */
TEST(files_have_a_number_that_they_may_not_exceed)
{
    enum { MOST = 8192 };
    char *body = malloc((MOST + 1) * 128);
    assert_non_null(body);
    size_t n = (size_t)sprintf(body, "%s", FIRST TOKEN DATABASE);
    for (int i = 1; i < MOST; i++)
        n += (size_t)sprintf(body + n, "file\t%%\t0\t" SUM "\t%d.pat\tx\n", i);
    assert_true(reads(&place, body, n));
    assert_int_equal(place.manifest.count, MOST);
    n += (size_t)sprintf(body + n, "file\t%%\t0\t" SUM "\t0.pat\tx\n");
    assert_false(reads(&place, body, n));
    free(body);
}

TEST(a_byte_that_is_not_as_it_was_is_found)
{
    static const char body[] = FIRST TOKEN DATABASE LOG;
    struct place *p = &place;
    char text[sizeof body + 4 + DIGEST_TEXT + 1];
    struct digest d = digest_of(body, sizeof body - 1);
    size_t n = (size_t)snprintf(text, sizeof text, "%send\t", body);
    digest_to_text(&d, text + n);
    n += DIGEST_TEXT;
    text[n++] = '\n';
    put(p, text, n);
    assert_true(read_it(p));
    for (size_t at = 0; at < n; at++)
        for (unsigned change = 1; change < 256; change += 85) {
            text[at] = (char)(text[at] ^ (char)change);
            put(p, text, n);
            if (read_it(p))
                fail_msg("read with byte %zu changed by %u", at, change);
            text[at] = (char)(text[at] ^ (char)change);
        }
    for (size_t cut = 0; cut < n; cut++) {
        put(p, text, cut);
        assert_false(read_it(p));
    }
}

TEST(nul_bytes_end_nothing)
{
    static const char in_line[] = FIRST TOKEN DATABASE "file\t!\t0\t" SUM "\tedb.log\0\tx\n";
    static const char at_end[] = FIRST TOKEN DATABASE "\0";
    static const char at_start[] = "\0" FIRST TOKEN DATABASE;
    assert_false(reads(&place, in_line, sizeof in_line - 1));
    assert_false(reads(&place, at_end, sizeof at_end - 1));
    assert_false(reads(&place, at_start, sizeof at_start - 1));
}

TEST(what_is_no_file_or_too_long_is_not_read)
{
    struct place *p = &place;
    assert_false(read_it(p)); /* there is none */
    assert_int_equal(mkdirat(p->directory, MANIFEST_NAME, 0700), 0);
    assert_false(read_it(p));
    assert_int_equal(unlinkat(p->directory, MANIFEST_NAME, AT_REMOVEDIR), 0);
    assert_int_equal(mkfifoat(p->directory, MANIFEST_NAME, 0600), 0);
    assert_false(read_it(p)); /* and nobody waits for a writer */
    assert_int_equal(unlinkat(p->directory, MANIFEST_NAME, 0), 0);
    assert_int_equal(symlinkat("/dev/zero", p->directory, MANIFEST_NAME), 0);
    assert_false(read_it(p));
    assert_int_equal(unlinkat(p->directory, MANIFEST_NAME, 0), 0);
    put(p, FIRST, sizeof FIRST - 1);
    int fd = openat(p->directory, MANIFEST_NAME, O_WRONLY | O_CLOEXEC);
    assert_int_equal(ftruncate(fd, (8 << 20) + 1), 0);
    close(fd);
    assert_false(read_it(p));
}

TEST(a_file_that_may_not_be_added_changes_nothing)
{
    struct place *p = &place;
    struct manifest_file log = {
        .kind = KIND_LOG, .name = (char[]){"edb.log"}, .origin = (char[]){"x"}};
    assert_true(manifest_may_add(&p->manifest, &log));
    assert_true(manifest_add(&p->manifest, &log));
    assert_false(manifest_may_add(&p->manifest, &log));
    assert_false(manifest_add(&p->manifest, &log));
    assert_int_equal(p->manifest.count, 1);
    log.name[0] = 'x'; /* the texts were copied */
    assert_string_equal(p->manifest.files[0].name, "edb.log");
}
