/* SPDX-License-Identifier: Apache-2.0 */
#include <rundown/scenario.h>

#include <libnbd.h>
#include <string.h>

/* An export of 1024 bytes by the fixed newstyle handshake; one block is read, one is written. */
static const char server[] =
    "< \"NBDMAGICIHAVEOPT\\x00\\x03\"\n"
    "> \"IHAVEOPT\\x00\\x00\\x00\\x07\"\n"
    "< \"\\x00\\x03\\xe8\\x89\\x04\\x55\\x65\\xa9\\x00\\x00\\x00\\x07\\x00\\x00\\x00\\x03\"\n"
    "< \"\\x00\\x00\\x00\\x0c\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x04\\x00\\x00\\x01\"\n"
    "< \"\\x00\\x03\\xe8\\x89\\x04\\x55\\x65\\xa9\\x00\\x00\\x00\\x07\\x00\\x00\\x00\\x01\"\n"
    "< \"\\x00\\x00\\x00\\x00\"\n"
    "> \"\\x25\\x60\\x95\\x13\\x00\\x00\\x00\\x00\"\n"
    "< \"\\x67\\x44\\x66\\x98\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x01\"\n"
    "< \"sixteen bytes...\"\n"
    "> \"\\x25\\x60\\x95\\x13\\x00\\x00\\x00\\x01\"\n"
    "> \"sixteen others..\"\n"
    "< \"\\x67\\x44\\x66\\x98\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x02\"\n";

/* The text of the last error is a thread's own, and stays to its end: as if it ended. */
void nbd_internal_set_last_error(int number, char *text);
static void forget_error(void)
{
    if (nbd_get_error() != NULL)
        nbd_internal_set_last_error(0, NULL);
}

static int use(struct nbd_handle *nbd, char block[17])
{
    if (nbd_set_request_structured_replies(nbd, false) != 0 || nbd_connect_unix(nbd, "/nbd") != 0 ||
        nbd_get_size(nbd) != 1024 || nbd_pread(nbd, block, 16, 0, 0) != 0)
        return -1;
    return nbd_pwrite(nbd, "sixteen others..", 16, 16, 0);
}

RUNDOWN_SCENARIO(reads_and_writes_a_block, "a block of an export is read, another is written")
{
    char block[17] = "";
    rundown_peer_local("/nbd", server);
    struct nbd_handle *nbd = nbd_create();
    int result = nbd != NULL ? use(nbd, block) : -1;
    nbd_close(nbd);
    forget_error();
    if (result != 0)
        return RUNDOWN_HANDLED;
    RUNDOWN_CLAIM(strcmp(block, "sixteen bytes...") == 0);
    return RUNDOWN_SUCCESS;
}
