/* SPDX-License-Identifier: Apache-2.0 */
/* The command fuzz: what it calls are the programs beside this one, which are linked with an
   engine. */
#ifndef SCENARIO_ENGINES_H
#define SCENARIO_ENGINES_H

/* `words`: the command's own, from its name on, ended by NULL; they are changed. Returns the exit
   code of `program`, as which this one speaks. */
int engines_fuzz(const char *program, char **words);

#endif
