/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ntdsbsrvd: the directory backup service on a libuv loop. One thread; the service is in
 * ntdsb_server.h, its command line in options.c.
 */
#include "listener.h"
#include "local_socket.h"
#include "log.h"
#include "options.h"
#include "session_log.h"

#include "../../include/windows.h"

#include "../../include/ntdsbmsg.h"
#include "../ntdsb_server.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

enum { EXIT_ENDED = 0, EXIT_NOT_STARTED = 1, EXIT_USAGE = 2 };

enum { LOCAL, TCP, LISTENERS };

struct daemon {
    uv_loop_t loop;
    struct ntdsb_server *service;
    struct peer_table peers;
    struct session_log log;
    struct ntdsb_server_observer observer; /* `log` */
    struct local_socket socket_file;
    struct listener listeners[LISTENERS];
    uv_signal_t signals[2];
};

/* Descriptors 0 to 2 must not become sockets that a stray printf() writes to. */
static void fill_standard_descriptors(void)
{
    int fd;
    do
        fd = open("/dev/null", O_RDWR);
    while (fd >= 0 && fd <= STDERR_FILENO);
    if (fd >= 0)
        close(fd);
}

static void raise_descriptor_limit(const struct daemon_options *o)
{
    struct rlimit limit;
    rlim_t wanted = (rlim_t)o->max_connections + o->max_sessions + 64;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= wanted)
        return;
    limit.rlim_cur = limit.rlim_max < wanted ? limit.rlim_max : wanted;
    if (setrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur < wanted)
        log_line(LOG_LEVEL_INFO,
                 "%llu descriptors may be too few for --max-connections and --max-sessions",
                 (unsigned long long)limit.rlim_cur);
}

/* The service ------------------------------------------------------------------------------- */

static const char *explain(uint32_t code)
{
    static const struct {
        uint32_t code;
        const char *text;
    } texts[] = {
        {ERROR_PATH_NOT_FOUND, "a file or directory does not exist"},
        {ERROR_ACCESS_DENIED, "access is denied"},
        {(uint32_t)hrFileAccessDenied, "access is denied"},
        {(uint32_t)hrFileNotFound, "a file or directory does not exist, or is a symbolic link"},
        {(uint32_t)hrInvalidPath, "a path cannot be used"},
        {(uint32_t)hrOutOfFileHandles, "no descriptor is left"},
        {ERROR_INVALID_PARAMETER, "the store's path must be printable ASCII without backslashes, "
                                  "and the accounts file hold NAME:HASH lines alone"},
        {ERROR_NOT_ENOUGH_MEMORY, "out of memory"},
        {ERROR_NOT_ENOUGH_SERVER_MEMORY, "out of memory"},
        {(uint32_t)hrLogFileCorrupt, "a state file or server.key is damaged"},
        {(uint32_t)hrDiskIO, "input/output error"},
        {(uint32_t)hrDiskFull, "the disk is full"},
        {RPC_S_ALREADY_LISTENING, "another server serves it"},
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (texts[i].code == code)
            return texts[i].text;
    return "it cannot be opened";
}

static bool is_readable(const char *path)
{
    if (path == NULL || access(path, R_OK) == 0)
        return true;
    log_line(LOG_LEVEL_ERROR, "cannot read the accounts file %s: %s", path, strerror(errno));
    return false;
}

static bool open_service(struct daemon *d, const struct daemon_options *o)
{
    char own_name[256] = "";
    struct ntdsb_server_config config = ntdsb_server_default_config;
    if (o->host_name == NULL &&
        (gethostname(own_name, sizeof own_name - 1) != 0 || !options_is_host_name(own_name))) {
        log_line(LOG_LEVEL_ERROR,
                 "the name of this machine, '%s', cannot stand in UNC names: give --host-name",
                 own_name);
        return false;
    }
    char *store = realpath(o->store, NULL); /* UNC names need the whole path */
    if (store == NULL) {
        log_line(LOG_LEVEL_ERROR, "cannot serve the store %s: %s", o->store, strerror(errno));
        return false;
    }
    config.store_dir = store;
    config.host_name = o->host_name != NULL ? o->host_name : own_name;
    config.accounts_file = o->accounts;
    config.restore_mode = o->restore_mode;
    config.max_sessions = o->max_sessions;
    config.tombstone_days = o->tombstone_days;
    d->log.peers = &d->peers;
    d->observer = session_log_observer(&d->log);
    config.observer = &d->observer;
    uint32_t code = ntdsb_server_create(&config, &d->service);
    free(store);
    d->log.service = d->service;
    if (code == 0)
        return true;
    log_line(LOG_LEVEL_ERROR, "cannot serve the store %s: %s (0x%08X)", o->store, explain(code),
             code);
    return false;
}

/* Listening --------------------------------------------------------------------------------- */

/* False: a group was named that does not exist. */
static bool find_group(const struct daemon_options *o, struct trust *out)
{
    const char *name = o->group != NULL ? o->group : "backup";
    const struct group *group = getgrnam(name);
    *out = (struct trust){.has_group = group != NULL, .group = group != NULL ? group->gr_gid : 0};
    if (group == NULL && o->group != NULL)
        fprintf(stderr, "ntdsbsrvd: --group '%s': there is no such group\n", name);
    return group != NULL || o->group == NULL;
}

static bool listen_local(struct daemon *d, const struct daemon_options *o)
{
    struct local_socket_access access = {
        .everybody = o->accounts != NULL,
        .group = d->peers.trust.has_group ? d->peers.trust.group : (gid_t)LOCAL_SOCKET_NO_GROUP,
    };
    int fd = local_socket_claim(&d->socket_file, o->socket, access);
    return fd >= 0 && listener_open_local(&d->listeners[LOCAL], &d->peers, fd, o->socket);
}

static bool listen_tcp(struct daemon *d, const struct daemon_options *o)
{
    if (o->tcp_port == OPTIONS_NO_TCP)
        return true;
    log_line(LOG_LEVEL_INFO,
             "--insecure-tcp-loopback: every local user may back up this directory");
    return listener_open_tcp(&d->listeners[TCP], &d->peers, (uint16_t)o->tcp_port);
}

static void stop_listening(struct daemon *d)
{
    for (int i = 0; i < LISTENERS; i++)
        listener_close(&d->listeners[i]);
    local_socket_release(&d->socket_file);
}

/* Running ----------------------------------------------------------------------------------- */

/* Closes all that keeps the loop alive. */
static void stop(struct daemon *d)
{
    stop_listening(d);
    peer_table_close(&d->peers);
    for (int i = 0; i < 2; i++)
        if (!uv_is_closing((uv_handle_t *)&d->signals[i]))
            uv_close((uv_handle_t *)&d->signals[i], NULL);
}

static void on_signal(uv_signal_t *handle, int number)
{
    log_line(LOG_LEVEL_INFO, "%s: ending", strsignal(number));
    stop(handle->data);
}

static bool watch_signals(struct daemon *d)
{
    static const int numbers[2] = {SIGTERM, SIGINT};
    for (int i = 0; i < 2; i++)
        if (uv_signal_start(&d->signals[i], on_signal, numbers[i]) != 0) {
            log_line(LOG_LEVEL_ERROR, "cannot watch for signals");
            return false;
        }
    return true;
}

/* Whether all that was printed has arrived; said if not. */
static bool flush_output(void)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return true;
    log_line(LOG_LEVEL_ERROR, "standard output: %s", strerror(errno));
    return false;
}

static bool say_ready(const struct daemon *d)
{
    printf("ntdsbsrvd ready");
    for (int i = 0; i < LISTENERS; i++)
        if (d->listeners[i].open)
            printf(" %s", d->listeners[i].binding);
    printf("\n");
    return flush_output();
}

static bool start(struct daemon *d, const struct daemon_options *o)
{
    return is_readable(o->accounts) && open_service(d, o) &&
           (d->peers.rpc = ntdsb_server_rpc(d->service)) != NULL && watch_signals(d) &&
           listen_local(d, o) && listen_tcp(d, o) && say_ready(d);
}

int main(int argc, char **argv)
{
    static struct daemon d;
    struct daemon_options options;
    fill_standard_descriptors();
    switch (options_parse(argc, argv, &options)) {
    case OPTION_DONE:
        return flush_output() ? EXIT_ENDED : EXIT_NOT_STARTED;
    case OPTION_WRONG:
        return EXIT_USAGE;
    case OPTION_RUN:
        break;
    }
    log_start(options.log_level);
    if (!find_group(&options, &d.peers.trust))
        return EXIT_USAGE;
    umask(0077);
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN); /* a write beyond RLIMIT_FSIZE is to fail, not to kill */
    raise_descriptor_limit(&options);
    d.peers.loop = &d.loop;
    d.peers.max_connections = options.max_connections;
    peer_table_set_times(&d.peers, options.idle_timeout_s, options.session_idle_timeout_s,
                         options.request_timeout_s);
    int status = uv_loop_init(&d.loop);
    if (status != 0) {
        log_line(LOG_LEVEL_ERROR, "cannot start: %s", uv_strerror(status));
        return EXIT_NOT_STARTED;
    }
    for (int i = 0; i < 2; i++) {
        uv_signal_init(&d.loop, &d.signals[i]); /* cannot fail once there is a loop */
        d.signals[i].data = &d;
    }
    bool started = start(&d, &options);
    if (!started)
        stop(&d);
    uv_run(&d.loop, UV_RUN_DEFAULT);
    uv_loop_close(&d.loop);
    ntdsb_server_destroy(d.service);
    uv_library_shutdown();
    return started ? EXIT_ENDED : EXIT_NOT_STARTED;
}
