/* SPDX-License-Identifier: Apache-2.0 */
/* A scenario with a real server: what tests/suite/servers.sh expects stands there. */
#include "talker.h"
#include <rundown/scenario.h>
#include <signal.h>

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

/* It answers with what was prepared for it when it is ready, and says who it was when it ends. */
static const struct rundown_server_needs needs = {
    .before = RUNDOWN_COMMAND("sh", "-c", "printf h >answer"),
    .ready = RUNDOWN_COMMAND("test", "-e", "ready"),
    .socket = "door",
    .user = "nobody",
    .end_signal = SIGINT,
    .seconds = 1,
};
RUNDOWN_SERVER_WITH(oracle, &needs, "python3", "-c",
                    "import os, socket, sys, time\n"
                    "s = socket.socket(socket.AF_UNIX)\n"
                    "s.bind(sys.argv[1] + '/door')\n"
                    "s.listen(64)\n"
                    "time.sleep(1.5)\n"
                    "answer = open('answer', 'rb').read()\n"
                    "open('ready', 'w')\n"
                    "try:\n"
                    "    while True:\n"
                    "        c = s.accept()[0]\n"
                    "        if os.fork() == 0:\n"
                    "            os._exit(c.recv(1) == b'?' and c.send(answer) != 1)\n"
                    "except KeyboardInterrupt:\n"
                    "    open(os.environ['ENDED'], 'w').write(str(os.getuid()))\n",
                    "{.}")

RUNDOWN_SCENARIO(asks, "the server answers with an h")
{
    int byte = talker_ask(rundown_server("oracle"));
    if (byte == -1)
        return RUNDOWN_HANDLED;
    RUNDOWN_CLAIM(byte == 'h');
    return RUNDOWN_SUCCESS;
}
