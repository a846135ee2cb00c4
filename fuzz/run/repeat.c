/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Runs that judge nothing: bare ones, and many of one program in one scene.
 */
#include "run.h"

#include "execute.h"
#include "faults/fault/fault.h"
#include "faults/world/ledger.h"
#include "faults/world/world.h"
#include "fuzz/scene/scene.h"
#include "fuzz/scene/service.h"
#include "target/client/client.h"

#include <stdlib.h>

void run_bare(const struct program *p)
{
    static struct execution execution;
    struct outcome outcome;
    scene_open(&p->world, NULL);
    execute_reset(&execution);
    for (size_t i = 0; i < p->call_count; i++) {
        execute_call(&execution, &p->calls[i], &outcome);
        free(outcome.read_data);
    }
    execute_clean_up(&execution);
    service_stop();
    ntdsb_client_unload();
}

static void repeat(const struct program *p, struct execution *x)
{
    struct outcome outcome;
    service_start(SERVICE_SAME_MODE);
    execute_reset(x);
    for (size_t i = 0; i < p->call_count; i++) {
        world_set_call((uint32_t)i);
        fault_begin_call();
        for (size_t f = 0; f < PROGRAM_CALL_FAULTS; f++)
            run_arm(&p->calls[i].faults[f]);
        execute_call(x, &p->calls[i], &outcome);
        service_settle();
        fault_disarm_all();
        free(outcome.read_data);
    }
    world_set_call(WORLD_CALL_CLEAN_UP);
    execute_end_everything(x);
}

void run_repeatedly(const struct program *p, unsigned times, run_look *look, void *context)
{
    static struct execution execution;
    if (program_sets_identity(p))
        scene_open_with_secret(&p->world);
    else
        scene_open(&p->world, NULL);
    for (unsigned i = 0; i < times; i++)
        repeat(p, &execution);
    look(context);
    service_stop();
    ntdsb_client_unload();
    /* Whoever looked says it. */
    ledger_has_told();
}
