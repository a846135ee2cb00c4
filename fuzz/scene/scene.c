/* SPDX-License-Identifier: Apache-2.0 */
#include "scene.h"

#include "backend.h"
#include "faults/world/file.h"
#include "faults/world/secret.h"
#include "faults/world/world.h"
#include "settings.h"
#include "state_files.h"
#include "store.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const struct disk_backend *scene_disk = &disk_world;

static struct {
    const char *socket;
    uint16_t port;
    bool is_ours; /* its service is that of target/server */
} place = {SCENE_SOCKET, SCENE_PORT, true};

void scene_is_of_another(const char *socket, uint16_t port)
{
    place.socket = socket;
    place.port = port;
    place.is_ours = false;
}

bool scene_has_another_wire(void)
{
    return !place.is_ours;
}

const char *scene_socket(void)
{
    return place.socket;
}

uint16_t scene_port(void)
{
    return place.port;
}

void scene_set_backend(const struct disk_backend *disk, const struct service_backend *service)
{
    scene_disk = disk;
    service_set_backend(service);
}

static void require(bool condition, const char *what)
{
    if (condition)
        return;
    fprintf(stderr, "scene: %s\n", what);
    abort();
}

static void lay_out_decoys(void)
{
    char path[96];
    for (const char *const *decoy = scene_decoys; *decoy != NULL; decoy++) {
        snprintf(path, sizeof path, SCENE_STORE "/%s", *decoy);
        require(scene_disk->put(path, scene_content(), 100), "no room for a decoy");
    }
    require(scene_disk->make_directory(SCENE_STORE "/folder.pat"), "no room for a folder");
}

/* Lines of every kind, and the last one without a line end. */
static void lay_out_accounts(void)
{
    static const char *const accounts[][2] = {{"# the scene's accounts\n\nguest:", "guest word"},
                                              {"\nDC\\guest:", SCENE_PASSWORD},
                                              {"\nDC.other:", "guest word"},
                                              {"\n" SCENE_FAR_USER ":", "guest word"},
                                              {"\nDC\\member:", "guest word"},
                                              {"\n" SCENE_USER ":", SCENE_PASSWORD}};
    enum { ACCOUNTS = sizeof accounts / sizeof *accounts };
    static char text[1024];
    static size_t n;
    for (size_t i = n == 0 ? 0 : ACCOUNTS; i < ACCOUNTS; i++)
        n += (size_t)snprintf(text + n, sizeof text - n, "%s%s", accounts[i][0],
                              scene_disk->hash(accounts[i][1]));
    scene_disk->put("/accounts", text, n);
}

static void lay_out_file(enum scene_file file)
{
    char path[64];
    uint64_t size = scene_size_of(file);
    snprintf(path, sizeof path, SCENE_STORE "/%s", scene_file_names[file]);
    require(size <= SCENE_SMALL_FILE ? scene_disk->put(path, scene_content(), (size_t)size)
                                     : scene_disk->put_pattern(path, size),
            "no room for a file");
}

static void lay_out_further_patches(void)
{
    char path[64];
    for (const char *const *patch = scene_further_patches(); *patch != NULL; patch++) {
        snprintf(path, sizeof path, SCENE_STORE "/%s", *patch);
        require(scene_disk->put(path, scene_content(), 100), "no room for a patch file");
    }
}

_Static_assert((int)PROGRAM_STORES <= (int)FILE_SLOTS, "each store is remembered");

static void lay_out_store(unsigned store)
{
    /* The order of a directory is not alphabetical. */
    static const enum scene_file order[] = {FILE_LOG_CURRENT, FILE_PATCH,    FILE_LOG_2,
                                            FILE_CHECKPOINT,  FILE_DATABASE, FILE_LOG_1};
    if (scene_disk->recall(store))
        return;
    require(scene_disk->make_directory(SCENE_STORE), "no room for the store");
    if (store == 1)
        lay_out_decoys();
    lay_out_further_patches();
    for (size_t i = 0; i < sizeof order / sizeof *order; i++)
        lay_out_file(order[i]);
    if (scene_disk->keep != NULL)
        scene_disk->keep();
    lay_out_accounts();
    if (!place.is_ours || state_files_put_key())
        scene_disk->remember(store);
}

static void add_hosts(void)
{
    world_set_host_name("DC1.example.test");
#define TEXT_SERVER(text, code, rule, address)                                                     \
    if ((address) != NULL)                                                                         \
        world_add_host(text, address);
#include "fuzz/program/texts.def"
}

static void open_scene(const struct program_world *w, const struct net_service *service,
                       bool secret)
{
    world_reset();
    scene_disk->reset();
    world_set_call(WORLD_CALL_SET_UP);
    if (secret)
        secret_watch(SCENE_PASSWORD);
    add_hosts();
    settings_reset(w->tcp);
    unsigned store = scene_select_store(w->store);
    scene_set_unc("DC1", scene_disk->path(SCENE_STORE));
    if (service == NULL) {
        lay_out_store(store);
        service_open(w->restore_mode);
        require(service_start(SERVICE_SAME_MODE) == 0, "the service does not start");
        if (place.is_ours && !state_files_have_key()) {
            /* Opens it again, so that this scene is like every later one. */
            require(state_files_keep_key(), "the service made no key");
            service_stop();
            open_scene(w, service, secret);
            return;
        }
    } else {
        net_listen_local(place.socket, service);
        if (place.port != 0)
            net_listen_tcp(place.port, service);
    }
    net_set_segment(w->segment);
    settings_select(SETTINGS_USUAL);
}

void scene_open(const struct program_world *w, const struct net_service *service)
{
    open_scene(w, service, false);
}

void scene_open_with_secret(const struct program_world *w)
{
    open_scene(w, NULL, true);
}

bool scene_interlock_is_durable(void)
{
    return scene_disk->is_durable(STATE_FILES_RESTORE);
}

static bool is_fleeting(const char *path)
{
    return scene_disk->exists(path) && !scene_disk->is_durable(path);
}

bool scene_registration_is_fleeting(void)
{
    return is_fleeting(STATE_FILES_RESTORE);
}

bool scene_current_log_is_fleeting(void)
{
    return is_fleeting(STATE_FILES_CURRENT);
}

void scene_free_disk(void)
{
    file_set_full(false);
}

uint8_t scene_files(void)
{
    static uint64_t version;
    static uint8_t files;
    static char paths[FILE_LOG_CURRENT + 1][64];
    static const char *const *names; /* of `paths` */
    if (version == scene_disk->version())
        return files;
    version = scene_disk->version();
    files = 0;
    for (unsigned i = FILE_DATABASE; i <= FILE_LOG_CURRENT; i++) {
        if (names != scene_file_names)
            snprintf(paths[i], sizeof paths[i], SCENE_STORE "/%s", scene_file_names[i]);
        if (scene_disk->exists(paths[i]))
            files |= (uint8_t)(1 << i);
    }
    names = scene_file_names;
    return files;
}

uint64_t scene_further_files(void)
{
    static uint64_t version;
    static uint64_t files;
    char path[64];
    const char *const *patches = scene_further_patches();
    if (version == scene_disk->version())
        return files;
    version = scene_disk->version();
    files = 0;
    for (unsigned i = 0; patches[i] != NULL; i++) {
        snprintf(path, sizeof path, SCENE_STORE "/%s", patches[i]);
        if (scene_disk->exists(path))
            files |= UINT64_C(1) << i;
    }
    return files;
}
