# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# Kinds of rounds of deaths.sh in which nobody dies, but what a process stands on gives way.

# run_session OPTION...: to its end.
run_session() {
    start_session "$@"
    session_ends
}

# fails_with CODE...: the session that has ended did, with one of these.
fails_with() {
    [ "$SESSION_STATUS" -eq 3 ] || fail "the session ended with $SESSION_STATUS"
    code_is_one_of "$@"
}

succeeds() {
    [ "$SESSION_STATUS" -eq 0 ] || fail "the session ended with $SESSION_STATUS: $FAILED_CALL $CODE"
}

# as_usual: the usual server on the usual store.
as_usual() {
    stop_server
    revive
}

# Disks --------------------------------------------------------------------------------------------

# mount_small_disk: as $SMALL_DISK, of 1 MiB; empty where that is not allowed.
mount_small_disk() {
    SMALL_DISK=$WORK/small
    mkdir "$SMALL_DISK"
    mount -t tmpfs -o size=1m tmpfs "$SMALL_DISK" 2>/dev/null || SMALL_DISK=
}

# The server has to write its state and cannot: says so, changes nothing, and goes on once it can.
refuses_state() {
    WHERE=$1
    if [ "$1" = DsSetCurrentBackupLog ]; then
        run_session setlog
    else
        run_session --token "$2" restore
        [ "$FAILED_CALL" = "$1" ] || fail "$FAILED_CALL failed, not $1"
    fi
    fails_with hrDiskFull
    ! compgen -G "$STORE/state/*.tmp" >/dev/null || fail "a half state file is left"
    "$BUILD/dsbackup" inspect | grep -qx 'restore_registered 0' || fail "the interlock stands"
}

takes_state() {
    run_session setlog
    succeeds
    run_session --token "$1" restore
    succeeds
}

draw_state() {
    draw 2
    [ "$DRAWN" -eq 0 ] && STATE=DsSetCurrentBackupLog || STATE=DsRestoreRegisterA
}

disk_full() {
    local usual=$STORE
    [ -n "$SMALL_DISK" ] || { WHERE=skipped && return; }
    stop_server
    STORE=$SMALL_DISK/store
    mkdir "$STORE"
    printf 'database' >"$STORE/ntds.dit"
    printf 'log' >"$STORE/edb.log"
    start_server
    run_session --token "$WORK/small.token" backup
    succeeds
    stop_server
    start_server --restore-mode
    head -c 16M /dev/zero >"$SMALL_DISK/ballast" 2>/dev/null || true
    draw_state
    refuses_state "$STATE" "$WORK/small.token"
    stop_server
    start_server --restore-mode # a full disk keeps nobody from starting again
    rm "$SMALL_DISK/ballast"
    takes_state "$WORK/small.token"
    rm -rf "$STORE"
    STORE=$usual
    as_usual
}

file_size_limited() {
    stop_server
    start_server --restore-mode
    prlimit --pid "$SERVER_PID" --fsize=0:unlimited
    draw_state
    refuses_state "$STATE" "$WORK/token"
    prlimit --pid "$SERVER_PID" --fsize=unlimited:unlimited
    takes_state "$WORK/token"
    as_usual
}

# Where the backup goes there is too little room.
backup_disk_full() {
    local limit=unlimited what='File too large' target=$WORK/target
    draw 2
    if [ -n "$SMALL_DISK" ] && [ "$DRAWN" -eq 0 ]; then
        target=$SMALL_DISK/target what='No space left on device'
    else
        limit=1000000
    fi
    WHERE=$what
    refused 1 "$what" prlimit --fsize="$limit" "$BUILD/dsbackup" backup "$target"
    [ ! -e "$target" ] || fail "there is a backup"
    rm -rf "$target.partial"
    logs_are_there || fail "a log is lost"
}

# The store's files -----------------------------------------------------------------------------------

# hold_at_read: of the database, in its first 150 blocks of 163.
hold_at_read() {
    draw 150
    NTH=$((DRAWN + 1))
    WHERE="read $NTH"
    start_session --hold DsBackupRead --nth "$NTH" --compare "$STORE" backup
    session_says hold
}

file_shrunk() {
    hold_at_read
    draw 4000000
    WHERE+=" to $DRAWN"
    truncate -s "$DRAWN" "$STORE/ntds.dit"
    go
    session_ends
    fails_with hrReadVerifyFailure
    logs_are_there || fail "a log is lost"
}

file_replaced() {
    hold_at_read
    random_bytes 99 4000000 >"$WORK/other"
    mv "$WORK/other" "$STORE/ntds.dit"
    go
    session_ends
    succeeds # with every byte of the file that it has opened
}

file_removed() {
    draw 2
    if [ "$DRAWN" -eq 0 ]; then
        hold_at_read
        rm "$STORE/ntds.dit"
        go
        session_ends
        succeeds
        return
    fi
    draw 6
    NTH=$((DRAWN + 1)) WHERE="open $((DRAWN + 1))"
    start_session --hold DsBackupOpenFileA --nth "$NTH" --compare "$STORE" backup
    session_says hold
    rm "$STORE"/*.dit "$STORE"/*.log "$STORE"/*.pat
    go
    session_ends
    fails_with hrFileNotFound
}

# A server that is not root, and may not read its files any more.
permission_lost() {
    local usual=$SOCKET
    [ "$(id -u)" -eq 0 ] || { WHERE=skipped && return; }
    stop_server
    install -d -o 65534 "$WORK/run" "$WORK/bin"
    cp "$BUILD/ntdsbsrvd" "$WORK/bin"
    chown -R 65534 "$STORE"
    SOCKET=$WORK/run/ncalrpc
    SERVER_UNDER=(setpriv --reuid 65534 --regid 65534 --clear-groups --)
    start_server_under
    draw 6
    WHERE="open $((DRAWN + 1))"
    NTDSBCLI_ENDPOINT="ncalrpc:[$SOCKET]" start_session --hold DsBackupOpenFileA --nth "$((DRAWN + 1))" \
        --compare "$STORE" backup
    session_says hold
    chmod 000 "$STORE"/*.dit "$STORE"/*.log "$STORE"/*.pat
    chmod 555 "$STORE/state"
    go
    session_ends
    fails_with hrFileAccessDenied
    NTDSBCLI_ENDPOINT="ncalrpc:[$SOCKET]" run_session setlog
    fails_with hrFileAccessDenied
    chmod 600 "$STORE"/*.dit "$STORE"/*.log "$STORE"/*.pat
    chmod 700 "$STORE/state"
    chown -R 0 "$STORE"
    SOCKET=$usual
    as_usual
}

start_server_under() {
    : >"$WORK/server.out"
    "${SERVER_UNDER[@]}" "$WORK/bin/ntdsbsrvd" --store "$STORE" --socket "$SOCKET" >"$WORK/server.out" 2>>"$SERVER_LOG" &
    SERVER_PID=$!
    wait_for 30 "the server is ready" is_ready
    kill -0 "$SERVER_PID" 2>/dev/null || fail "the server did not start"
}

# Limits -------------------------------------------------------------------------------------------

# limit_that_leaves PID N: RLIMIT_NOFILE that leaves it N descriptors to open, as $LIMIT.
limit_that_leaves() {
    local free=0
    for ((LIMIT = 0; ; LIMIT++)); do
        [ ! -e "/proc/$1/fd/$LIMIT" ] || continue
        [ "$free" -lt "$2" ] || return 0
        free=$((free + 1))
    done
}

server_out_of_descriptors() {
    local soft
    soft=$(prlimit --pid "$SERVER_PID" --nofile --output SOFT --noheadings)
    draw 4
    WHERE="$DRAWN left"
    limit_that_leaves "$SERVER_PID" "$DRAWN"
    prlimit --pid "$SERVER_PID" --nofile="$LIMIT:"
    run_session --truncate backup
    prlimit --pid "$SERVER_PID" --nofile="${soft// /}:"
    case $DRAWN in
    0) fails_with "${LOST[@]}" ;;
    1) fails_with hrOutOfFileHandles "${LOST[@]}" ;; # the closing of the connection before may not be seen yet
    *) [ "$SESSION_STATUS" -eq 0 ] || fails_with hrOutOfFileHandles "${LOST[@]}" ;;
    esac
    [ "$SESSION_STATUS" -eq 0 ] || logs_are_there || fail "a log is lost"
}

server_out_of_memory() {
    local pages rooms=(0 4 64 256 1024 2048 4096)
    ! is_sanitized || { WHERE=skipped && return; }
    draw ${#rooms[@]}
    WHERE="${rooms[DRAWN]} KiB left"
    read -r pages _ <"/proc/$SERVER_PID/statm"
    prlimit --pid "$SERVER_PID" --as="$((pages * 4096 + rooms[DRAWN] * 1024)):unlimited"
    run_session --block 1048576 backup
    prlimit --pid "$SERVER_PID" --as=unlimited:unlimited
    [ "$SESSION_STATUS" -eq 0 ] ||
        code_is_one_of ERROR_NOT_ENOUGH_SERVER_MEMORY RPC_S_SERVER_TOO_BUSY "${LOST[@]}"
    kill -0 "$SERVER_PID" 2>/dev/null || fail "the server has died of it"
}

client_out_of_descriptors() {
    draw 4
    WHERE="$DRAWN left"
    run_session --descriptors "$DRAWN" backup
    [ "$SESSION_STATUS" -eq 0 ] || code_is_one_of RPC_S_OUT_OF_RESOURCES hrCouldNotConnect
    [ "$DRAWN" -ge 2 ] || [ "$SESSION_STATUS" -eq 3 ] || fail "it did without descriptors"
}

client_out_of_memory() {
    ! is_sanitized || { WHERE=skipped && return; }
    draw 24
    WHERE="$((DRAWN * 128)) KiB left"
    run_session --memory $((DRAWN * 128)) --block 1048576 backup
    [ "$SESSION_STATUS" -eq 0 ] || code_is_one_of ERROR_NOT_ENOUGH_MEMORY
}
