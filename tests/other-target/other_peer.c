/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The client of the other implementation, as if its server were not known: what that answers stands
 * in a table, and half of it is falsified.
 */
#include "other.h"

const struct rundown_target rundown_target = {.socket = OTHER_SOCKET,
                                              .counts = other_counts,
                                              .peer = "> PREPARE\n"
                                                      "< \"OK\\n\"\n"
                                                      "> NAMES\n"
                                                      "< \"OK ntds.dit\\n\"\n"
                                                      "> OPEN\n"
                                                      "< \"OK 12\\n\"\n"
                                                      "> READ\n"
                                                      "< \"OK 12\\ntwelve bytes\"\n"
                                                      "> CLOSE\n"
                                                      "< \"OK\\n\"\n"
                                                      "> END\n"
                                                      "< \"OK\\n\"\n",
                                              .hostile = true};
