/* SPDX-License-Identifier: Apache-2.0 */
#include "settings.h"

#include "backend.h"
#include "faults/world/clock.h"
#include "faults/world/file.h"
#include "faults/world/world.h"
#include "fuzz/program/program.h"
#include "state_files.h"
#include "store.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

enum { IMAGE_BYTES = 256 };

static const struct {
    const char *word;
    enum setting what;
    const char *value;
    size_t bytes;
} settings[] = {
#define TEXT_SETTING(word, code, rule, starts, what, value) {word, what, value, sizeof(value) - 1},
#include "fuzz/program/texts.def"
};

enum { SETTINGS = sizeof settings / sizeof *settings };
/* docs/contract.md, time.deadline and time.bad-timeout. */
enum { CLOCK_STEP_SECONDS = 3600 };
enum { USUAL_TIMEOUT_MS = 30000, LONGEST_TIMEOUT_MS = 3600000 };

static struct {
    size_t selected;
    uint32_t longest_ms; /* of the timeouts that were set so far */
    uint32_t token_days; /* of the service, as it was started last */
    bool tcp;
    uint8_t images[SETTINGS][IMAGE_BYTES]; /* of files that were laid out, borrowed by the disk */
} now;

void settings_reset(bool tcp)
{
    now.selected = SETTINGS_USUAL;
    now.tcp = tcp;
    now.longest_ms = USUAL_TIMEOUT_MS;
    now.token_days = SCENE_TOKEN_DAYS;
}

uint32_t settings_token_days(void)
{
    return now.token_days;
}

/* What is no timeout lets nothing connect, and so nothing wait. */
uint32_t settings_timeout_ms(void)
{
    const char *value = settings[now.selected].value;
    if (settings[now.selected].what != SETTING_TIMEOUT)
        return USUAL_TIMEOUT_MS;
    unsigned long ms = strtoul(value, NULL, 10);
    return ms >= 1 && ms <= LONGEST_TIMEOUT_MS ? (uint32_t)ms : USUAL_TIMEOUT_MS;
}

uint32_t settings_longest_timeout_ms(void)
{
    return now.longest_ms;
}

/* Where the file of a setting is: "/WORD". */
static const char *place_of(size_t selector)
{
    static char place[64];
    snprintf(place, sizeof place, "/%s", settings[selector].word);
    return place;
}

/* A file in the form of the service's own, with that payload. */
static void put_image(size_t selector, const char *path)
{
    uint8_t *image = now.images[selector];
    size_t n = state_files_make(settings[selector].value, settings[selector].bytes, image);
    assert(n <= IMAGE_BYTES);
    if (settings[selector].what == SETTING_KEY_DAMAGED)
        image[n - 1] ^= 1;
    (void)scene_disk->put(path, image, n);
}

/* An account whose hash begins as that of its password, and ends early. */
static void put_cut_hash(size_t selector)
{
    static char text[512];
    int n = snprintf(text, sizeof text, "guest:%s", scene_disk->hash(settings[selector].value));
    assert(n > 0 && n < (int)sizeof text);
    text[n - 1] = '\n';
    (void)scene_disk->put(place_of(selector), text, (size_t)n);
}

/* Files of a setting that was selected before are there already. */
static void lay_out(size_t selector)
{
    const char *value = settings[selector].value;
    switch (settings[selector].what) {
    case SETTING_ACCOUNTS:
        (void)scene_disk->put(place_of(selector), value, settings[selector].bytes);
        break;
    case SETTING_ACCOUNTS_CUT:
        put_cut_hash(selector);
        break;
    case SETTING_ACCOUNTS_SIZE:
        (void)scene_disk->put_pattern(place_of(selector), 2 << 20);
        break;
    case SETTING_KEY_FILE:
        (void)scene_disk->put(place_of(selector), value, settings[selector].bytes);
        break;
    case SETTING_KEY_FOLDER:
        (void)scene_disk->make_directory(place_of(selector));
        break;
    case SETTING_KEY_SIZE:
        (void)scene_disk->put_pattern(place_of(selector), 16 << 20);
        break;
    case SETTING_KEY:
    case SETTING_KEY_DAMAGED:
    case SETTING_STATE:
        put_image(selector, place_of(selector));
        break;
    default:
        break;
    }
}

void settings_select(size_t selector)
{
    now.selected = selector % SETTINGS;
    const char *endpoint = service_endpoint(now.tcp), *timeout_ms = NULL;
    enum setting what = settings[now.selected].what;
    if (what == SETTING_ENDPOINT || what == SETTING_NO_ENDPOINT)
        endpoint = settings[now.selected].value;
    if (what == SETTING_TIMEOUT)
        timeout_ms = settings[now.selected].value;
    world_close_standard_input(what == SETTING_NO_INPUT);
    clock_set_drift(what == SETTING_CLOCK ? -CLOCK_STEP_SECONDS : 0);
    world_set_variable("NTDSBCLI_ENDPOINT", endpoint);
    world_set_variable("NTDSBCLI_TIMEOUT_MS", timeout_ms);
    if (settings_timeout_ms() > now.longest_ms)
        now.longest_ms = settings_timeout_ms();
    lay_out(now.selected);
}

void settings_remove_state(void)
{
    unsigned cursor = 0;
    if (settings[now.selected].what == SETTING_STATE_MISSING &&
        file_list(STATE_FILES_FOLDER, &cursor) == NULL)
        file_remove(STATE_FILES_FOLDER);
}

bool settings_remove_key(void)
{
    if (settings[now.selected].what != SETTING_KEY_MISSING || !file_remove(STATE_FILES_KEY))
        return false;
    /* The scene's key came from the beginning of the stream. */
    world_skip_random();
    return true;
}

static void on_called(const char *operation, uint32_t fault, int32_t result, void *context)
{
    (void)context;
    assert(operation != NULL && (fault == 0 || result == 0));
}

static void on_refused(const char *domain, const char *user, uint32_t code, void *context)
{
    (void)context;
    assert(domain != NULL && user != NULL && code != 0);
}

static const struct ntdsb_server_observer observer = {on_called, on_refused, NULL};

/* Of the service's own files one stands in for another until it has started: its store is the usual
   one, also where a fault lets it start. */
static void damage(const char *path)
{
    (void)file_stand_in(path, place_of(now.selected));
}

void settings_applied(void)
{
    (void)file_stand_in(NULL, NULL);
}

void settings_apply(struct ntdsb_server_config *config)
{
    const char *value = settings[now.selected].value;
    now.token_days = SCENE_TOKEN_DAYS;
    switch (settings[now.selected].what) {
    case SETTING_HOST:
        config->host_name = value;
        break;
    case SETTING_STORE:
        config->store_dir = value;
        break;
    case SETTING_SESSIONS:
        config->max_sessions = 0;
        break;
    case SETTING_TOMBSTONE:
        config->tombstone_days = now.token_days = (uint32_t)strtoul(value, NULL, 10);
        break;
    case SETTING_OBSERVER:
        config->observer = &observer;
        break;
    case SETTING_ACCOUNTS_FILE:
        config->accounts_file = value;
        break;
    case SETTING_ACCOUNTS:
    case SETTING_ACCOUNTS_CUT:
    case SETTING_ACCOUNTS_SIZE:
        config->accounts_file = place_of(now.selected);
        break;
    case SETTING_KEY_FILE:
    case SETTING_KEY_FOLDER:
    case SETTING_KEY_SIZE:
    case SETTING_KEY:
    case SETTING_KEY_DAMAGED:
        damage(STATE_FILES_KEY);
        break;
    case SETTING_STATE:
        if (!file_exists(STATE_FILES_FOLDER))
            (void)file_make_directory(STATE_FILES_FOLDER);
        damage(STATE_FILES_RESTORE);
        break;
    default:
        break;
    }
}
