/* SPDX-License-Identifier: Apache-2.0 */
#include <rundown/scenario.h>

#include <amqp.h>
#include <amqp_tcp_socket.h>
#include <stdbool.h>
#include <string.h>

/* AMQP 0-9-1: a frame is type, channel, length, then class, method and arguments, then 0xce. */
static const char server[] =
    "> AMQP\n< \"\\x01\\x00\\x00\\x00\\x00\\x00\\x1c\\x00\\x0a\\x00\\x0a\\x00\\x09\\x00\\x00\"\n"
    "< \"\\x00\\x00\\x00\\x00\\x00\\x05PLAIN\\x00\\x00\\x00\\x05en_US\\xce\"\n"
    "> PLAIN\n< \"\\x01\\x00\\x00\\x00\\x00\\x00\\x0c\\x00\\x0a\\x00\\x1e\\x00\\x01\\x00\\x02\"\n"
    "< \"\\x00\\x00\\x00\\x00\\xce\"\n"
    "> \"\\x00\\x0a\\x00\\x28\"\n"
    "< \"\\x01\\x00\\x00\\x00\\x00\\x00\\x05\\x00\\x0a\\x00\\x29\\x00\\xce\"\n"
    "> \"\\x00\\x14\\x00\\x0a\"\n"
    "< \"\\x01\\x00\\x01\\x00\\x00\\x00\\x08\\x00\\x14\\x00\\x0b\\x00\\x00\\x00\\x00\\xce\"\n"
    "> \"\\x00\\x3c\\x00\\x46\"\n"
    "< \"\\x01\\x00\\x01\\x00\\x00\\x00\\x14\\x00\\x3c\\x00\\x47\\x00\\x00\\x00\\x00\\x00\\x00\"\n"
    "< \"\\x00\\x01\\x00\\x00\\x01q\\x00\\x00\\x00\\x00\\xce\"\n"
    "< \"\\x02\\x00\\x01\\x00\\x00\\x00\\x0e\\x00\\x3c\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\"\n"
    "< \"\\x00\\x05\\x00\\x00\\xce\\x03\\x00\\x01\\x00\\x00\\x00\\x05hello\\xce\"\n";

static bool is_normal(amqp_rpc_reply_t reply)
{
    return reply.reply_type == AMQP_RESPONSE_NORMAL;
}

/* False: a call failed. */
static bool get(amqp_connection_state_t c, amqp_message_t *message)
{
    amqp_socket_t *socket = amqp_tcp_socket_new(c);
    return socket != NULL && amqp_socket_open(socket, "127.0.0.1", 5672) == AMQP_STATUS_OK &&
           is_normal(amqp_login(c, "/", 0, 131072, 0, AMQP_SASL_METHOD_PLAIN, "me", "word")) &&
           amqp_channel_open(c, 1) != NULL &&
           is_normal(amqp_basic_get(c, 1, amqp_cstring_bytes("q"), 1)) &&
           is_normal(amqp_read_message(c, 1, message, 0));
}

RUNDOWN_SCENARIO(gets_a_message, "a message of a queue is what the server sent")
{
    rundown_peer_tcp(5672, server);
    amqp_connection_state_t c = amqp_new_connection();
    amqp_message_t message = {0};
    if (c == NULL)
        return RUNDOWN_HANDLED;
    bool got = get(c, &message),
         same = got && message.body.len == 5 && memcmp(message.body.bytes, "hello", 5) == 0;
    if (got)
        amqp_destroy_message(&message);
    amqp_destroy_connection(c);
    if (!got)
        return RUNDOWN_HANDLED;
    RUNDOWN_CLAIM(same);
    return RUNDOWN_SUCCESS;
}
