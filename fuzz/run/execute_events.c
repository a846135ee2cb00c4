/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Events: changes to the processes and to time while a program runs.
 */
#include "execute_internal.h"

#include "faults/world/clock.h"
#include "faults/world/file.h"
#include "fuzz/scene/service.h"
#include "fuzz/scene/settings.h"
#include "fuzz/scene/store_events.h"
#include "target/client/client.h"

enum { LONGEST_WAIT_SECONDS = 100 * 365 * 86400u };

/* The kernel closes the sockets of a dead process and frees its memory. Unloading the library does
   the same, without telling the server; for the next call the library is as new. */
void execute_client_exit(struct execution *x, const struct call *c, struct outcome *o)
{
    (void)c, (void)o;
    ntdsb_client_unload();
    execute_forget_all(x);
}

void execute_server_stop(struct execution *x, const struct call *c, struct outcome *o)
{
    (void)x, (void)c, (void)o;
    service_stop();
}

void execute_server_kill(struct execution *x, const struct call *c, struct outcome *o)
{
    (void)x, (void)c, (void)o;
    service_kill();
}

void execute_power_fail(struct execution *x, const struct call *c, struct outcome *o)
{
    (void)x, (void)c, (void)o;
    service_power_fail();
}

void execute_server_start(struct execution *x, const struct call *c, struct outcome *o)
{
    struct ntdsb_server_counts counts;
    if (!service_inspect(&counts)) {
        settings_remove_state();
        if (settings_remove_key())
            execute_void_tokens(x);
    }
    o->result = (int32_t)service_start((enum service_mode)(c->number % SERVICE_MODES));
}

void execute_wait(struct execution *x, const struct call *c, struct outcome *o)
{
    (void)x, (void)o;
    uint64_t seconds = c->number < LONGEST_WAIT_SECONDS ? c->number : LONGEST_WAIT_SECONDS;
    clock_advance_ms(seconds * 1000);
}

void execute_configure(struct execution *x, const struct call *c, struct outcome *o)
{
    (void)x, (void)o;
    settings_select(c->text);
}

void execute_set_clock(struct execution *x, const struct call *c, struct outcome *o)
{
    (void)x, (void)o;
    int64_t seconds = c->number < LONGEST_WAIT_SECONDS ? c->number : LONGEST_WAIT_SECONDS;
    bool back = api_functions[c->function].shape == EVENT_CLOCK_BACK;
    int64_t now = clock_real_seconds();
    /* Not before 1970, where a clock cannot be set to. */
    clock_set_real_seconds(back ? (now > seconds ? now - seconds : 0) : now + seconds);
}

void execute_fill_disk(struct execution *x, const struct call *c, struct outcome *o)
{
    (void)x, (void)o;
    file_set_full(api_functions[c->function].shape == EVENT_DISK_FULL);
}

/* The file that the call names, if it is one of the store. */
static bool find_file(const struct call *c, enum scene_file *file)
{
    static const int8_t files[] = {
#define TEXT_FILE(text, file) file,
#include "fuzz/program/texts.def"
    };
    int8_t named = files[c->text % sizeof files];
    *file = (enum scene_file)named;
    return named >= 0;
}

void execute_store_event(struct execution *x, const struct call *c, struct outcome *o)
{
    (void)x, (void)o;
    enum api_shape shape = api_functions[c->function].shape;
    enum scene_file file;
    if (shape == EVENT_STORE_ROTATE)
        store_events_rotate();
    else if (find_file(c, &file))
        switch (shape) {
        case EVENT_STORE_GROW:
            store_events_grow(file, c->number);
            break;
        case EVENT_STORE_SHRINK:
            store_events_shrink(file, c->number);
            break;
        case EVENT_STORE_REMOVE:
            store_events_remove(file);
            break;
        case EVENT_STORE_REPLACE:
            store_events_replace(file, (enum scene_place)(c->number % SCENE_PLACES));
            break;
        case EVENT_STORE_DENY:
            store_events_deny(file);
            break;
        default:
            store_events_restore(file);
        }
}
