/* SPDX-License-Identifier: Apache-2.0 */
#include "start.h"

#include "fuzz/model/profile.h"
#include "fuzz/program/program_text.h"
#include "fuzz/scene/scene.h"
#include "fuzz/scene/state_files.h"
#include "missing.h"
#include "profile_text.h"
#include "target.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { EXIT_USAGE = 2 };

static void lack(const char *name)
{
    for (unsigned i = 0; i < PROGRAM_FUNCTIONS; i++)
        if (strcmp(api_functions[i].name, name) == 0)
            profile_lacks(i);
}

static void find_parts(const struct rundown_target *t)
{
    bool lies = t->server != NULL && t->hostile;
    if (t->server == NULL)
        profile_goes_without(PROFILE_MODEL);
    if (lies)
        profile_goes_without(PROFILE_HONESTY);
    if (t->counts == NULL)
        profile_goes_without(PROFILE_CLIENT_COUNTS);
    if (t->server == NULL || t->server->counts == NULL || lies)
        profile_goes_without(PROFILE_SERVER_COUNTS);
    if (t->port == 0)
        profile_goes_without(PROFILE_TCP);
    if (t->unload == NULL)
        lack("ClientExit");
    /* What can be set wrongly is the reference's own. */
    lack("Configure");
}

void suite_start(void)
{
    char why[160];
    const char *name;
    const struct rundown_target *t = &rundown_target;
    if (!profile_read(suite_profile_text(), why, sizeof why)) {
        fprintf(stderr, "profile: %s\n", why);
        exit(EXIT_USAGE);
    }
    for (unsigned i = 0; (name = missing_function(i)) != NULL; i++)
        lack(name);
    find_parts(t);
    program_leave_out_unknown_points();
    scene_set_token_maker(t->token);
    scene_is_of_another(t->socket != NULL && t->socket[0] != '\0' ? t->socket : SCENE_SOCKET,
                        t->port);
}
