/* SPDX-License-Identifier: Apache-2.0 */
#include "scene.h"

#include "disk.h"
#include "faults/world/clock.h"
#include "faults/world/file.h"
#include "faults/world/ledger.h"
#include "faults/world/world.h"
#include "fuzz/run/execute.h"
#include "service.h"
#include "target/server/server_key.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FILES = 6, SMALL_FILE = 40960 };

/* What each store holds; a size above SMALL_FILE is a generated pattern. */
static const struct scene_store {
    struct {
        const char *name;
        uint64_t size;
    } files[FILES];
} stores[SCENE_STORES] = {
    {{{"ntds.dit", 40960},
      {"temp.pat", 8192},
      {"edb00001.log", 10240},
      {"edb00002.log", 10240},
      {"edb.log", 5000},
      {"edb.chk", 64}}},
    /* Empty and odd sizes. */
    {{{"ntds.dit", 24577},
      {"temp.pat", 0},
      {"edb00001.log", 0},
      {"edb00002.log", 1},
      {"edb.log", 24576},
      {"edb.chk", 0}}},
    /* More than 4 GiB. */
    {{{"ntds.dit", (5ull << 30) + 12345},
      {"temp.pat", 100},
      {"edb00001.log", 100},
      {"edb00002.log", 70000},
      {"edb.log", 1},
      {"edb.chk", 1}}},
};

static struct {
    const struct scene_store *store;
    uint8_t *key_file; /* of the first scene: later ones start from it instead of making another */
    size_t key_file_bytes;
    uint8_t content[SMALL_FILE];
} scene;

/* The store ----------------------------------------------------------------------------------- */

static void require(bool condition, const char *what)
{
    if (condition)
        return;
    fprintf(stderr, "scene: %s\n", what);
    abort();
}

static void fill_content(void)
{
    uint64_t z = 88172645463325252u;
    for (size_t i = 0; i < sizeof scene.content; i++) {
        z ^= z << 13;
        z ^= z >> 7;
        z ^= z << 17;
        scene.content[i] = (uint8_t)z;
    }
}

/* Near misses: names that a store may have and no list may show. */
static const char *const decoys[] = {
    "edb0000g.log",
    "edb0001.log",
    "edb000001.log",
    "EDB00003.log",
    "xdb00003.log",
    "edb00003.lo",
    "edb00003_log",
    "edb00003.LOG",
    "edb.logs",
    "ntds.dit.1",
    "ntds.di",
    ".pat",
    "a b.pat",
    "a_b.pat",
    "patch.paf",
    "patchpat",
    "a-name-of-more-than-31-bytes.pat",
};

static void lay_out_decoys(void)
{
    char path[96];
    for (size_t i = 0; i < sizeof decoys / sizeof *decoys; i++) {
        snprintf(path, sizeof path, SCENE_STORE "/%s", decoys[i]);
        require(disk_put(path, scene.content, 100), "no room for a decoy");
    }
    require(disk_make_directory(SCENE_STORE "/folder.pat"), "no room for a folder");
}

/* Lines of every kind, and no end to the last one. */
static void lay_out_accounts(void)
{
    static const char *const accounts[][2] = {{"# the scene's accounts\n\nguest:", "guest word"},
                                              {"\nDC\\guest:", SCENE_PASSWORD},
                                              {"\nDC.other:", "guest word"},
                                              {"\n" SCENE_USER ":", SCENE_PASSWORD}};
    static char text[512];
    static size_t n;
    for (size_t i = n == 0 ? 0 : 4; i < 4; i++)
        n += (size_t)snprintf(text + n, sizeof text - n, "%s%s", accounts[i][0],
                              disk_hash(accounts[i][1]));
    disk_put("/accounts", text, n);
}

static void lay_out_store(void)
{
    /* A directory's order is not that of the names. */
    static const uint8_t order[FILES] = {4, 1, 3, 5, 0, 2};
    unsigned slot = (unsigned)(scene.store - stores);
    if (disk_recall(slot))
        return;
    require(disk_make_directory(SCENE_STORE), "no room for the store");
    if (slot == 1)
        lay_out_decoys();
    for (size_t o = 0; o < FILES; o++) {
        size_t i = order[o];
        char path[64] = SCENE_STORE "/";
        memcpy(path + sizeof SCENE_STORE, scene.store->files[i].name,
               strlen(scene.store->files[i].name) + 1);
        uint64_t size = scene.store->files[i].size;
        require(size <= SMALL_FILE ? disk_put(path, scene.content, (size_t)size)
                                   : disk_put_pattern(path, size),
                "no room for a file");
    }
    lay_out_accounts();
    if (scene.key_file == NULL)
        return;
    disk_put(SCENE_STORE "/server.key", scene.key_file, scene.key_file_bytes);
    disk_remember(slot);
}

static void keep_key(void)
{
    const uint8_t *bytes;
    uint64_t n;
    require(disk_get(SCENE_STORE "/server.key", &bytes, &n), "the service made no key");
    scene.key_file = malloc((size_t)n);
    require(scene.key_file != NULL, "out of memory");
    memcpy(scene.key_file, bytes, (size_t)n);
    scene.key_file_bytes = (size_t)n;
}

static void open_scene(const struct program_world *w, const struct net_service *service,
                       bool secret)
{
    if (scene.content[0] == 0)
        fill_content();
    world_reset();
    disk_reset();
    world_set_call(WORLD_CALL_SET_UP);
    if (secret)
        ledger_watch_secret(SCENE_PASSWORD, sizeof SCENE_PASSWORD - 1);
    scene.store = &stores[w->store % SCENE_STORES];
    if (service == NULL) {
        lay_out_store();
        service_open(w->restore_mode);
        require(service_start(SERVICE_SAME_MODE) == 0, "the service does not start");
        if (scene.key_file == NULL) {
            /* Once more, so that this scene is like every other. */
            keep_key();
            service_stop();
            open_scene(w, service, secret);
            return;
        }
    } else {
        net_listen_local(SCENE_SOCKET, service);
        net_listen_tcp(SCENE_PORT, service);
    }
    net_set_segment(w->segment);
    world_set_variable("NTDSBCLI_ENDPOINT", service_endpoint(w->tcp));
}

void scene_open(const struct program_world *w, const struct net_service *service)
{
    open_scene(w, service, false);
}

void scene_open_with_secret(const struct program_world *w)
{
    open_scene(w, NULL, true);
}

uint32_t scene_make_token(uint8_t out[EXPIRY_TOKEN_BYTES])
{
    /* The key is the payload of its file, behind a head of 12 bytes. */
    struct server_key key;
    if (scene.key_file_bytes < 12 + sizeof key)
        return 0;
    memcpy(&key, scene.key_file + 12, sizeof key);
    server_key_sign(&key, 60, (uint64_t)clock_real_seconds(), out);
    return EXPIRY_TOKEN_BYTES;
}

int64_t scene_current_log(void)
{
    const uint8_t *bytes;
    uint64_t n;
    /* Head, number, digest: target/server/state_file.h. */
    static const char head[12] = {'N', 'T', 'D', 'S', 'B', 'S', 'T', '1', 4, 0, 0, 0};
    if (!disk_get(SCENE_STORE "/state/backup.state", &bytes, &n) || n != sizeof head + 4 + 32 ||
        memcmp(bytes, head, sizeof head) != 0)
        return -1;
    return (int64_t)bytes[12] | (int64_t)bytes[13] << 8 | (int64_t)bytes[14] << 16 |
           (int64_t)bytes[15] << 24;
}

const uint8_t *scene_registration(uint64_t *out_bytes)
{
    const uint8_t *bytes;
    bool ours = disk_get(SCENE_STORE "/state/restore.state", &bytes, out_bytes) && *out_bytes > 8 &&
                memcmp(bytes, "NTDSBST1", 8) == 0;
    return ours ? bytes : NULL;
}

bool scene_interlock_is_durable(void)
{
    return disk_is_durable(SCENE_STORE "/state/restore.state");
}

uint64_t scene_file_size(const char *name, bool *exists)
{
    *exists = false;
    for (size_t i = 0; i < FILES; i++) {
        if (strcmp(scene.store->files[i].name, name) == 0) {
            *exists = true;
            return scene.store->files[i].size;
        }
    }
    return 0;
}

bool scene_compare(const char *name, uint64_t offset, const uint8_t *bytes, size_t n)
{
    bool exists;
    uint64_t size = scene_file_size(name, &exists);
    if (!exists || offset > size || n > size - offset)
        return false;
    if (size <= SMALL_FILE)
        return memcmp(scene.content + offset, bytes, n) == 0;
    for (size_t i = 0; i < n; i++)
        if (bytes[i] != file_pattern_byte(offset + i))
            return false;
    return true;
}

#define PLAIN_UNC "\\\\DC1\\store"

const char *scene_unc(void)
{
    static char unc[128];
    if (unc[0] != '\0')
        return unc;
    snprintf(unc, sizeof unc, "\\\\DC1%s", disk_path(SCENE_STORE));
    for (char *c = unc; *c != '\0'; c++)
        if (*c == '/')
            *c = '\\';
    return unc;
}

const char *scene_name(const char *name)
{
    static char out[256];
    const char *plain = name != NULL ? strstr(name, PLAIN_UNC) : NULL;
    if (plain == NULL)
        return name;
    snprintf(out, sizeof out, "%.*s%s%s", (int)(plain - name), name, scene_unc(),
             plain + sizeof PLAIN_UNC - 1);
    return out;
}

uint8_t scene_logs(void)
{
    static const char *const paths[] = {SCENE_STORE "/edb00001.log", SCENE_STORE "/edb00002.log",
                                        SCENE_STORE "/edb.log"};
    static uint32_t changes;
    static uint8_t logs;
    const uint8_t *bytes;
    uint64_t n;
    if (changes == disk_changes())
        return logs;
    changes = disk_changes();
    logs = 0;
    for (unsigned i = 0; i < 3; i++)
        if (disk_get(paths[i], &bytes, &n))
            logs |= (uint8_t)(1 << (i + 2));
    return logs;
}
