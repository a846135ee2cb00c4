/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What answers the client of an implementation whose server is not known.
 */
#include "tests/support/test.h"

#include "fuzz/suite/peer.h"

#include <stdbool.h>
#include <string.h>

const struct rundown_target rundown_target = {.peer = "> HELLO\n"
                                                      "< \"one\\n\"\n"
                                                      "> BYE\n"
                                                      "< \"bye\\n\"\n"
                                                      "  < \"bye\"\n"
                                                      "> HELLO\n"
                                                      "< two\n"
                                                      "> NOTHING\n"};

struct rundown_connection {
    char sent[256];
    size_t n;
    bool closed;
};

void peer_queue(struct rundown_connection *to, const void *bytes, size_t n)
{
    rundown_send(to, bytes, n);
}

void rundown_send(struct rundown_connection *to, const void *bytes, size_t n)
{
    assert_true(n < sizeof to->sent - to->n);
    memcpy(to->sent + to->n, bytes, n);
    to->n += n;
}

void rundown_close(struct rundown_connection *c)
{
    c->closed = true;
}

static struct rundown_connection connection;
static void *side;

static void connect_client(void)
{
    memset(&connection, 0, sizeof connection);
    peer_start();
    side = peer_server.connected(&connection);
    assert_non_null(side);
}

static void disconnect(void)
{
    peer_server.disconnected(side);
}

AROUND_EACH_TEST(connect_client, disconnect);

static const char *ask(const char *text)
{
    memset(&connection, 0, sizeof connection);
    peer_server.received(side, text, strlen(text));
    assert_false(connection.closed);
    return connection.sent;
}

TEST(a_text_is_answered_with_what_stands_below_it)
{
    assert_string_equal(ask("BYE"), "bye\nbye");
    assert_string_equal(ask("say BYE now"), "bye\nbye");
}

TEST(equal_texts_answer_in_their_order_and_then_the_last)
{
    assert_string_equal(ask("HELLO\n"), "one\n");
    assert_string_equal(ask("HELLO\n"), "two");
    assert_string_equal(ask("HELLO\n"), "two");
    assert_string_equal(ask("BYE\n"), "bye\nbye");
}

TEST(each_connection_begins_at_the_top)
{
    assert_string_equal(ask("HELLO\n"), "one\n");
    disconnect();
    connect_client();
    assert_string_equal(ask("HELLO\n"), "one\n");
}

TEST(a_text_may_come_in_pieces_and_several_at_once)
{
    assert_string_equal(ask("HEL"), "");
    assert_string_equal(ask("LO, BY"), "one\n");
    assert_string_equal(ask("E"), "bye\nbye");
    assert_string_equal(ask("BYE HELLO NOTHING BYE"), "bye\nbyetwobye\nbye");
}

TEST(what_no_row_has_is_not_answered)
{
    assert_string_equal(ask("NOTHING"), "");
    assert_string_equal(ask("HALLO"), "");
}
