/* SPDX-License-Identifier: Apache-2.0 */
/* hiredis as in hiredis.c, but with the server that it is made for. */
#include <rundown/scenario.h>

#include <hiredis/hiredis.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/time.h>

RUNDOWN_SERVER(redis, "redis-server", "--port", "0", "--save", "", "--unixsocket", "{}")

static redisReply *ask(redisContext *c, const char *command)
{
    return c->err == 0 ? redisCommand(c, command) : NULL;
}

RUNDOWN_SCENARIO(sets_and_gets, "what was set in a real redis-server is there")
{
    signal(SIGPIPE, SIG_IGN); /* as it asks of its users */
    redisContext *c = redisConnectUnix(rundown_server("redis"));
    if (c == NULL)
        return RUNDOWN_HANDLED;
    if (c->err == 0)
        redisSetTimeout(c, (struct timeval){.tv_sec = 2});
    redisReply *set = ask(c, "SET key value"), *got = set != NULL ? ask(c, "GET key") : NULL;
    bool right = got != NULL && got->type == REDIS_REPLY_STRING && strcmp(got->str, "value") == 0;
    bool failed = got == NULL;
    if (set != NULL)
        freeReplyObject(set);
    if (got != NULL)
        freeReplyObject(got);
    redisFree(c);
    if (failed)
        return RUNDOWN_HANDLED;
    RUNDOWN_CLAIM(right);
    return RUNDOWN_SUCCESS;
}
