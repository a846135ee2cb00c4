/* SPDX-License-Identifier: Apache-2.0 */
/* A scenario with a real server: what tests/suite/servers.sh expects stands there. */
#include "talker.h"
#include <rundown/scenario.h>

RUNDOWN_SERVER(greeter, "python3", "-c",
               "import socket, sys\n"
               "s = socket.socket(socket.AF_UNIX)\n"
               "s.bind(sys.argv[1])\n"
               "s.listen(64)\n"
               "while True:\n"
               "    try:\n"
               "        s.accept()[0].send(b'h')\n"
               "    except BrokenPipeError:\n"
               "        pass\n",
               "{}")

RUNDOWN_SCENARIO(greets, "the server sends an h")
{
    int byte = talker_first_byte(rundown_server("greeter"));
    if (byte == -1)
        return RUNDOWN_HANDLED;
    RUNDOWN_CLAIM(byte == 'h');
    return RUNDOWN_SUCCESS;
}
