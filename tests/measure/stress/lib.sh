# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# Shared by the stress scripts, on top of tests/e2e/lib.sh: a server's resources, sessions that wait for a word, a
# store that can be put back, figures. A script sources it with the build directory as its first argument; options
# follow that, as NAME=VALUE of the variables it declares (rounds=20 seed=7).
# shellcheck source-path=SCRIPTDIR source=../../e2e/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/../../e2e/lib.sh"

FIGURES=${RUNDOWN_FIGURES:-$BUILD/../stress}
PRISTINE=$WORK/pristine
CALM=$WORK/calm
SAID=$WORK/session.out
mkdir -p "$FIGURES"

# take_options NAME=VALUE...: sets what the script has declared with a number, and nothing else.
take_options() {
    local option
    for option; do
        [[ $option =~ ^([a-z]+)=([0-9]{1,9})$ && -v ${BASH_REMATCH[1]} ]] || {
            printf 'no such option here, or no whole number: %s\n' "$option" >&2
            exit 2
        }
        printf -v "${BASH_REMATCH[1]}" %s "${BASH_REMATCH[2]}"
    done
}

is_sanitized() {
    [ "$(basename "$BUILD")" != release ] && [ "$(basename "$BUILD")" != gcc-release ]
}

# The server's resources -------------------------------------------------------------------------------

# descriptors PID: how many it has open, as $DESCRIPTORS.
descriptors() {
    local all=("/proc/$1/fd/"*)
    DESCRIPTORS=${#all[@]}
}

# resident PID: KiB.
resident() {
    sed -n 's/^VmRSS:[^0-9]*\([0-9]*\) kB/\1/p' "/proc/$1/status"
}

answers() {
    "$BUILD/dsbackup" inspect >/dev/null 2>&1
}

# note_calm: what the server holds with no client at all is what it must come back to.
note_calm() {
    wait_for 10 "the server answers" answers
    "$BUILD/dsbackup" inspect | grep -vE '^(calls|pdus|faults)' >"$CALM"
    sleep 0.05 # the connection of that question is closed
    descriptors "$SERVER_PID"
    CALM_DESCRIPTORS=$DESCRIPTORS
}

is_calm() {
    descriptors "$SERVER_PID"
    [ "$DESCRIPTORS" -eq "$CALM_DESCRIPTORS" ] &&
        "$BUILD/dsbackup" inspect 2>/dev/null | grep -vE '^(calls|pdus|faults)' | cmp -s - "$CALM"
}

# comes_to_rest: as before, soon.
comes_to_rest() {
    local deadline=$((SECONDS + 15))
    until is_calm; do
        [ "$SECONDS" -lt "$deadline" ] || fail "the server holds $DESCRIPTORS descriptors, not $CALM_DESCRIPTORS; $(
            "$BUILD/dsbackup" inspect 2>&1 | tr '\n' ' ')"
        sleep 0.01
    done
}

# Stores that break ---------------------------------------------------------------------------------

# keep_store: from now on put_back restores it as it is now.
keep_store() {
    mkdir -p "$PRISTINE"
    cp -a "$STORE"/*.dit "$STORE"/*.log "$STORE"/*.pat "$PRISTINE"
    LOGS=("$PRISTINE"/edb?*.log)
    LOGS=("${LOGS[@]##*/}")
    local files=("$PRISTINE"/*)
    FILES=${#files[@]}
}

put_back() {
    local file
    for file in "$PRISTINE"/*; do
        cmp -s "$file" "$STORE/${file##*/}" && continue
        rm -f "$STORE/${file##*/}"
        cp -a "$file" "$STORE"
    done
}

# logs_are_there: every one, with its bytes.
logs_are_there() {
    local log
    for log in "${LOGS[@]}" edb.log; do
        cmp -s "$PRISTINE/$log" "$STORE/$log" || return 1
    done
}

# logs_are_truncated_at_most: oldest first, all that is left is whole, the current one is left.
logs_are_truncated_at_most() {
    local log left=0
    for log in "${LOGS[@]}"; do
        if [ -e "$STORE/$log" ]; then
            left=1
            cmp -s "$PRISTINE/$log" "$STORE/$log" || return 1
        elif [ "$left" -eq 1 ]; then
            return 1
        fi
    done
    cmp -s "$PRISTINE/edb.log" "$STORE/edb.log"
}

# serves: an honest client gets every byte of the store.
serves() {
    timeout 60 "$BUILD/tests/stress_session" --compare "$STORE" --block 1048576 --expect "$FILES" backup >"$TOOL_OUT" 2>&1 ||
        fail "an honest client is not served: $?"
}

# Sessions ------------------------------------------------------------------------------------------

# open_pipes: the words between the script and a session.
open_pipes() {
    mkfifo "$WORK/words" "$WORK/answers"
    exec {WORDS}<>"$WORK/words" {ANSWERS}<>"$WORK/answers"
}

# start_session OPTION...: as $SESSION_PID; what it says is $ANSWERS, one line at a time.
start_session() {
    : >"$SAID"
    "$BUILD/tests/stress_session" "$@" <&"$WORDS" >&"$ANSWERS" 2>"$WORK/session.err" &
    SESSION_PID=$!
}

# session_says WORD: the next line begins with it.
session_says() {
    local line=
    read -r -t 30 -u "$ANSWERS" line || fail "the session does not say $1"
    printf '%s\n' "$line" >>"$SAID"
    [ "${line%% *}" = "$1" ] || fail "the session says '$line', not $1"
}

go() {
    printf 'go\n' >&"$WORDS"
    session_says going
}

# session_ends: as $SESSION_STATUS, and $FAILED_CALL and $CODE of the first call that failed (or none).
session_ends() {
    local line words
    SESSION_STATUS=0 FAILED_CALL='' CODE=S_OK
    wait "$SESSION_PID" 2>/dev/null || SESSION_STATUS=$?
    printf 'over\n' >&"$ANSWERS" # after all that it has said
    while read -r -t 30 -u "$ANSWERS" line && [ "$line" != over ]; do
        printf '%s\n' "$line" >>"$SAID"
        read -ra words <<<"$line"
        [ "${words[0]}" != failed ] || FAILED_CALL=${words[1]} CODE=${words[2]}
    done
    [ "$SESSION_STATUS" -ne 142 ] || fail "the session hangs: $(tr '\n' ';' <"$SAID")"
    case $SESSION_STATUS in
    0 | 3) ! [ -s "$WORK/session.err" ] ;;
    *) false ;;
    esac || fail "the session ended with $SESSION_STATUS: $(tr '\n' ';' <"$SAID") $(cat "$WORK/session.err")"
}

# code_is_one_of CODE...
code_is_one_of() {
    local code
    for code; do
        [ "$CODE" != "$code" ] || return 0
    done
    fail "$FAILED_CALL returned $CODE, not one of: $*"
}

# kill_session: wherever it is.
kill_session() {
    kill -KILL "$SESSION_PID" 2>/dev/null || true # it may just have ended
    wait "$SESSION_PID" 2>/dev/null || true
    local line
    printf '\nover\n' >&"$ANSWERS" # its last line may be half a one
    while read -r -t 30 -u "$ANSWERS" line && [ "$line" != over ]; do :; done
}
