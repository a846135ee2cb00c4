/* SPDX-License-Identifier: Apache-2.0 */
#include <rundown/scenario.h>

#include <hiredis/hiredis.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>

RUNDOWN_SCENARIO(gets_twice, "two GETs over a UNIX socket bring what the server has")
{
    signal(SIGPIPE, SIG_IGN); /* as it asks of its users */
    rundown_peer_local("/redis", "> GET\n"
                                 "< \"$5\\r\\nhello\\r\\n\"\n"
                                 "> GET\n"
                                 "< \"*2\\r\\n$1\\r\\na\\r\\n:7\\r\\n\"\n");
    redisContext *c = redisConnectUnix("/redis");
    if (c == NULL)
        return RUNDOWN_HANDLED;
    if (c->err != 0) {
        redisFree(c);
        return RUNDOWN_HANDLED;
    }
    redisReply *text = redisCommand(c, "GET %s", "key");
    redisReply *list = text != NULL ? redisCommand(c, "GET %s", "list") : NULL;
    bool failed = text == NULL || list == NULL;
    bool right = !failed && text->type == REDIS_REPLY_STRING && strcmp(text->str, "hello") == 0 &&
                 list->type == REDIS_REPLY_ARRAY && list->elements == 2 &&
                 list->element[1]->integer == 7;
    if (text != NULL)
        freeReplyObject(text);
    if (list != NULL)
        freeReplyObject(list);
    redisFree(c);
    if (failed)
        return RUNDOWN_HANDLED;
    RUNDOWN_CLAIM(right);
    return RUNDOWN_SUCCESS;
}
