/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What sweep and enumerate say to machines: each number where its name is, and the graph of states.
 */
#include "tests/support/test.h"

#include "faults/fault/site.h"
#include "fuzz/model/describe.h"
#include "fuzz/search/search_json.h"
#include "fuzz/search/state_graph.h"

#include <string.h>

static struct sweep_totals totals;

static json_int_t number(const json_t *object, const char *name)
{
    const json_t *value = json_object_get(object, name);
    assert_true(json_is_integer(value));
    return json_integer_value(value);
}

static void has_text(const json_t *object, const char *name, const char *text)
{
    const char *is = json_string_value(json_object_get(object, name));
    if (text == NULL)
        assert_true(json_is_null(json_object_get(object, name)));
    else
        assert_string_equal(is, text);
}

TEST(fault_point_has_each_number_under_its_name_and_what_is_wrong_with_it)
{
    char text[256];
    const struct unreached none = {NULL};
    totals = (struct sweep_totals){.sites = {[0] = {9, 8, 7, 6, 1}, [1] = {5, 4, 4, 0, 0}}};
    assert_true(site_count() > 10);
    snprintf(text, sizeof text, "# why\n%s because of that\n", site_name(2));
    const struct unreached reasons = {text};
    json_t *points = search_json_points(&totals, &none, false);
    assert_int_equal(json_array_size(points), site_count());
    const json_t *first = json_array_get(points, 0);
    assert_int_equal(number(first, "reached"), 9);
    assert_int_equal(number(first, "fired"), 8);
    assert_int_equal(number(first, "handled"), 7);
    assert_int_equal(number(first, "benign"), 6);
    has_text(first, "benign_kind", fault_kind_name(site_class(0), 0));
    has_text(first, "wrong", "not handled");
    has_text(json_array_get(points, 1), "wrong", NULL);
    has_text(json_array_get(points, 2), "unreached_because", NULL);
    json_decref(points);
    points = search_json_points(&totals, &reasons, true);
    has_text(json_array_get(points, 2), "unreached_because", "because of that");
    has_text(json_array_get(points, 2), "wrong", NULL);
    has_text(json_array_get(points, 3), "wrong", "never reached, without a reason");
    json_decref(points);
}

TEST(totals_have_each_number_under_its_name)
{
    totals = (struct sweep_totals){1, 2, 3, 4, 5, 6, {{0}}};
    json_t *t = search_json_totals(&totals);
    static const char *const names[] = {"programs", "points",   "runs",
                                        "fired",    "findings", "unnamed"};
    for (int i = 0; i < 6; i++)
        assert_int_equal(number(t, names[i]), i + 1);
    json_decref(t);
}

/* The model with a backup in each of its states. */
static struct model *backups(unsigned states)
{
    static struct model m;
    memset(&m, 0, sizeof m);
    m.state_count = states;
    for (unsigned i = 0; i < states; i++)
        m.states[i] = (struct model_state){.up = true, .session_count = 1};
    for (unsigned i = 0; i < states; i++)
        m.states[i].sessions[0] =
            (struct model_session){.backup = true, .on_server = true, .open = -1};
    return &m;
}

TEST(words_of_a_state_leave_numbers_out_and_have_no_order)
{
    char words[MODEL_WORDS_BYTES], again[MODEL_WORDS_BYTES];
    struct model *m = backups(2);
    m->states[0].sessions[0].received = 4096;
    model_describe(m, words);
    assert_string_equal(words, "backup, database");
    m->states[1].sessions[0].open = 3;
    m->states[1].interlock = INTERLOCK_IS_FAILED;
    model_describe(m, words);
    assert_string_equal(words, "backup, database or backup, database, file open; interlock failed");
    struct model_state first = m->states[0];
    m->states[0] = m->states[1];
    m->states[1] = first;
    model_describe(m, again);
    assert_string_equal(words, again);
    m->state_count = 1;
    m->states[0].session_count = 12;
    for (unsigned i = 1; i < 12; i++)
        m->states[0].sessions[i] = m->states[0].sessions[0];
    model_describe(m, words);
    assert_int_equal(strlen(words), MODEL_WORDS_BYTES - 1);
    assert_string_equal(words + strlen(words) - 3, "...");
}

TEST(graph_counts_visits_and_keeps_the_least_depth)
{
    const struct program_world world = {0};
    struct state_graph *g = state_graph_create();
    assert_non_null(g);
    uint16_t start = state_graph_begin(g, &world);
    uint16_t there = state_graph_step(g, start, 0, false, 3, backups(1));
    assert_int_equal(state_graph_step(g, start, 0, true, 1, backups(1)), there);
    assert_int_not_equal(state_graph_step(g, there, 1, false, 2, backups(0)), there);
    json_t *all = state_graph_json(g);
    const json_t *states = json_object_get(all, "states"),
                 *steps = json_object_get(all, "transitions");
    assert_true(json_is_true(json_object_get(all, "complete")));
    assert_int_equal(json_array_size(states), 3);
    const json_t *backup = json_array_get(states, 1);
    has_text(backup, "name", "backup, database");
    assert_int_equal(number(backup, "depth"), 1);
    assert_int_equal(number(backup, "visits"), 2);
    assert_int_equal(json_array_size(steps), 2);
    const json_t *step = json_array_get(steps, 0);
    assert_int_equal(number(step, "from"), 0);
    assert_int_equal(number(step, "to"), 1);
    assert_int_equal(number(step, "visits"), 2);
    assert_int_equal(number(step, "with_a_fault"), 1);
    has_text(step, "function", api_functions[0].name);
    json_decref(all);
    state_graph_clear(g);
    all = state_graph_json(g);
    assert_int_equal(json_array_size(json_object_get(all, "states")), 0);
    json_decref(all);
    state_graph_destroy(g);
}
