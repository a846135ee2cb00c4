# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# The kinds of rounds of deaths.sh. Each sets $WHERE, and judges what is its own; deaths.sh judges what is common.

# shellcheck disable=SC2034 # deaths.sh draws from them
KINDS=(
    server_killed_at_boundary server_killed_in_call server_killed_while_reading
    client_killed_at_boundary client_killed_in_call client_killed_while_reading
    server_stopped_past_the_deadline client_stopped
    server_killed_in_restore client_killed_in_restore
    disk_full file_size_limited backup_disk_full
    permission_lost file_shrunk file_replaced file_removed
    server_out_of_descriptors server_out_of_memory client_out_of_descriptors client_out_of_memory
)
readonly LOST=(RPC_S_CALL_FAILED RPC_S_CALL_FAILED_DNE hrCouldNotConnect)

take_token() {
    timeout 60 "$BUILD/tests/stress_session" --token "$WORK/token" backup >"$TOOL_OUT" 2>&1 || fail "no token"
}

# Boundaries ----------------------------------------------------------------------------------------

# A call of a whole backup session, as $CALL and $NTH. Six files: two of the database, four logs.
draw_boundary() {
    local calls=(DsIsNTDSOnline DsBackupPrepare DsBackupGetDatabaseNames DsBackupOpenFile DsBackupRead DsBackupClose
        DsBackupGetBackupLogs DsBackupTruncateLogs DsBackupEnd)
    draw ${#calls[@]}
    CALL=${calls[DRAWN]} NTH=1
    case $CALL in
    DsBackupOpenFile | DsBackupClose) draw 6 && NTH=$((DRAWN + 1)) ;;
    DsBackupRead) draw 200 && NTH=$((DRAWN + 1)) ;;
    esac
    WHERE="$CALL $NTH"
    case $CALL in # in both forms one function lies behind it
    DsBackupRead | DsBackupClose | DsBackupTruncateLogs | DsBackupEnd) ;;
    *) CALL+=A ;;
    esac
}

# hold_session: at a drawn boundary of a backup that truncates.
hold_session() {
    draw_boundary
    draw 2
    NTDSBCLI_ENDPOINT=$(server_binding "$([ "$DRAWN" -eq 0 ] && echo ncalrpc || echo ncacn_ip_tcp)") \
        start_session --hold "$CALL" --nth "$NTH" --truncate --compare "$STORE" backup
    session_says hold
}

# With the request on its way, and nobody to answer it.
hold_in_call() {
    hold_session
    kill -STOP "$SERVER_PID"
    go
    sleep 0.03
}

# judge_logs: those that a backup has truncated may be gone, if it came that far.
judge_logs() {
    case $WHERE in
    *TruncateLogs* | *DsBackupEnd*) logs_are_truncated_at_most || fail "logs are not what truncation leaves" ;;
    *) logs_are_there || fail "a log is lost" ;;
    esac
}

judge_lost_session() {
    session_ends
    [ "$SESSION_STATUS" -eq 3 ] || fail "the session ended with $SESSION_STATUS"
    code_is_one_of "${LOST[@]}"
    judge_logs
}

revive() {
    [ -e "/proc/$SERVER_PID" ] && [ -n "$SERVER_PID" ] && fail "the server lives"
    start_server --insecure-tcp-loopback 0
}

server_killed_at_boundary() {
    hold_session
    kill_server
    go
    judge_lost_session
    revive
}

server_killed_in_call() {
    hold_in_call
    kill_server
    judge_lost_session
    revive
}

client_killed_at_boundary() {
    hold_session
    kill_session
    comes_to_rest
    judge_logs
}

client_killed_in_call() {
    hold_in_call
    kill_session
    kill -CONT "$SERVER_PID"
    comes_to_rest
    judge_logs
}

# A moment inside the reads of the database, as $MOMENT: seconds.
read_on() {
    start_session --hold DsBackupOpenFileA --compare "$STORE" backup
    session_says hold
    draw 12
    MOMENT=$(printf '0.%03d' "$DRAWN")
    WHERE="${MOMENT} s"
    go
    sleep "$MOMENT"
}

server_killed_while_reading() {
    read_on
    kill_server
    session_ends
    [ "$SESSION_STATUS" -eq 0 ] || code_is_one_of "${LOST[@]}"
    logs_are_there || fail "a log is lost"
    revive
}

client_killed_while_reading() {
    read_on
    kill_session
    comes_to_rest
    logs_are_there || fail "a log is lost"
}

# Stopped ------------------------------------------------------------------------------------------

server_stopped_past_the_deadline() {
    NTDSBCLI_TIMEOUT_MS=150 hold_in_call
    session_ends
    kill -CONT "$SERVER_PID"
    [ "$SESSION_STATUS" -eq 3 ] || fail "the session ended with $SESSION_STATUS"
    code_is_one_of "${LOST[@]}"
    comes_to_rest
    judge_logs
}

client_stopped() {
    hold_session
    kill -STOP "$SESSION_PID"
    sleep 0.05
    kill -CONT "$SESSION_PID"
    go
    session_ends
    [ "$SESSION_STATUS" -eq 0 ] || fail "a client that was stopped for a moment ended with $SESSION_STATUS: $CODE"
    logs_are_truncated_at_most || fail "logs are not what truncation leaves"
}

# Restore ------------------------------------------------------------------------------------------

# interlock_is 0|1 ONLINE
interlock_is() {
    "$BUILD/dsbackup" inspect >"$WORK/inspect" || fail "no inspection"
    grep -qx "restore_registered $1" "$WORK/inspect" && grep -qx "online $2" "$WORK/inspect"
}

# hold_restore: at a drawn boundary; $REGISTERED: 0, 1, or 2 if it may be either.
hold_restore() {
    local calls=(DsRestorePrepareA DsRestoreGetDatabaseLocationsA DsRestoreRegisterA DsRestoreRegisterComplete
        DsRestoreEnd)
    local registered=(0 0 0 1 0)
    stop_server
    start_server --restore-mode
    draw ${#calls[@]}
    WHERE=${calls[DRAWN]} REGISTERED=${registered[DRAWN]}
    start_session --hold "$WHERE" --token "$WORK/token" restore
    session_says hold
    draw 2
    IN_CALL=$DRAWN
    [ "$IN_CALL" -eq 1 ] || return 0
    kill -STOP "$SERVER_PID"
    go
    sleep 0.03
    WHERE+=" in call"
}

# end_restore: the interlock stands if it should, keeps the directory offline in any mode, and can be ended.
end_restore() {
    if [ "$REGISTERED" -eq 1 ]; then
        interlock_is 1 0 || fail "the interlock does not stand: $(cat "$WORK/inspect")"
    elif [ "$REGISTERED" -eq 0 ]; then
        interlock_is 0 1 || fail "an interlock stands: $(cat "$WORK/inspect")"
    fi
    if ! interlock_is 0 1; then
        timeout 60 "$BUILD/tests/stress_session" --token "$WORK/token" restore >"$TOOL_OUT" 2>&1 ||
            fail "the interlock cannot be ended"
    fi
    interlock_is 0 1 || fail "the directory does not go online: $(cat "$WORK/inspect")"
    [ ! -e "$STORE/state/restore.state" ] || fail "the interlock's file is still there"
    logs_are_there || fail "a log is lost"
}

server_killed_in_restore() {
    hold_restore
    kill_server
    [ "$IN_CALL" -eq 1 ] || go
    session_ends
    code_is_one_of "${LOST[@]}"
    revive
    end_restore
}

client_killed_in_restore() {
    hold_restore
    kill_session
    kill -CONT "$SERVER_PID"
    # The request was on its way: the server acts on it.
    case $WHERE in
    "DsRestoreRegisterA in call") REGISTERED=1 ;;
    "DsRestoreRegisterComplete in call") REGISTERED=0 ;;
    esac
    wait_for 10 "the session is run down" holds_no_session
    stop_server
    revive
    end_restore
}

holds_no_session() {
    "$BUILD/dsbackup" inspect | grep -qx 'restore_sessions 0' && "$BUILD/dsbackup" inspect | grep -qx 'connections 0'
}
