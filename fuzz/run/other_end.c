/* SPDX-License-Identifier: Apache-2.0 */
#include "other_end.h"

#include "execute_internal.h"
#include "faults/fault/fault.h"
#include "faults/world/clock.h"
#include "faults/world/other_caller.h"
#include "fuzz/model/profile.h"
#include "fuzz/scene/service.h"

static bool is_end(const struct call *c)
{
    return api_is_end(api_functions[c->function].shape);
}

static uint8_t function_of(enum api_shape shape)
{
    uint8_t i = 0;
    while (api_functions[i].shape != shape)
        i++;
    return i;
}

static void make(void *context)
{
    struct other_end *o = context;
    HBC handle = o->of_first->handle;
    struct live_handle *h = execute_find_live(o->execution, handle);
    if (!o->of_first->handle_valid || h == NULL)
        return;
    o->came = true;
    o->came_ms = clock_monotonic_ms();
    o->call = *o->first;
    o->call.function = function_of(h->backup ? API_BACKUP_END : API_RESTORE_END);
    o->call.expects = false;
    /* Of two Ends the first one has consumed the handle. */
    if (is_end(o->first))
        execute_forget_handle(o->execution, handle);
    execute_call(o->execution, &o->call, &o->outcome);
    service_settle();
    o->returned = true;
}

void other_end_expect(struct other_end *o, struct execution *x, const struct call *first,
                      const struct outcome *of_first)
{
    *o = (struct other_end){.execution = x, .first = first, .of_first = of_first};
    bool has_handle =
        api_parameters(api_functions[first->function].shape)[0].kind == PARAMETER_HANDLE;
    bool judged = !profile_is_off(CONTRACT_END_CONCURRENT);
    other_caller_expect(has_handle && judged ? make : NULL, o);
}

size_t other_end_is_pending(const struct other_end *o)
{
    return o->came && !o->returned;
}

/* A poll() that nothing ends before its time, or a thread that cannot be woken. */
static bool wait_is_broken(void)
{
    const struct fault_summary *s = fault_report();
    for (uint32_t i = 0; i < s->in_call_count; i++)
        if (s->in_call[i].class == FAULT_NET_POLL || s->in_call[i].class == FAULT_NET_WAKE)
            return true;
    return false;
}

uint64_t other_end_waited_ms(const struct other_end *o)
{
    bool is_owed = o->came && !is_end(o->first) && !wait_is_broken();
    return is_owed ? clock_monotonic_ms() - o->came_ms : 0;
}

bool other_end_finish(struct other_end *o)
{
    other_caller_finish();
    return o->came;
}
