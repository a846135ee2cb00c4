# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# Shared by the end-to-end tests: real processes, real sockets, real files, in a directory of their own
# that is removed at the end. A script sources it with the build directory as its argument, and prints one
# line for each thing that holds. The first thing that does not hold ends it with exit code 1.
set -euo pipefail
export LC_ALL=C

[ $# -ge 1 ] || {
    printf 'usage: %s BUILD_DIRECTORY\n' "$0" >&2
    exit 2
}
BUILD=$(cd "$1" && pwd)
RACES=$(dirname "$(realpath "${BASH_SOURCE[0]}")")/races.py
WORK=$(mktemp -d "${TMPDIR:-/tmp}/rundown-e2e.XXXXXX")
chmod 755 "$WORK"
STORE=$WORK/store
SOCKET=$WORK/ncalrpc
SERVER_LOG=$WORK/server.log
TOOL_OUT=$WORK/tool.out
SERVER_PID=
export NTDSBCLI_ENDPOINT="ncalrpc:[$SOCKET]"
unset NTDSBCLI_TIMEOUT_MS

finish() {
    local status=$? pid
    for pid in $(jobs -pr); do
        kill -KILL "$pid" 2>/dev/null || true
    done
    wait 2>/dev/null || true
    rm -rf "$WORK"
    exit "$status"
}
trap finish EXIT
# Without these a script that dies of a signal would end with the code of its last command.
trap 'exit 130' INT
trap 'exit 141' PIPE
trap 'exit 143' TERM

ok() {
    printf 'ok - %s\n' "$*"
}

# What ThreadSanitizer said there, each race once, by its two places.
tell_races() {
    local file said=()
    for file; do [ ! -s "$file" ] || said+=("$file"); done
    [ ${#said[@]} -eq 0 ] || python3 "$RACES" "${said[@]}" || true
}

fail() {
    printf 'not ok - %s\n' "$*"
    [ ! -s "$TOOL_OUT" ] || sed 's/^/    dsbackup said: /' "$TOOL_OUT"
    [ ! -s "$SERVER_LOG" ] || sed 's/^/    the server said: /' "$SERVER_LOG"
    tell_races "$TOOL_OUT" "$SERVER_LOG"
    exit 1
}

skip() {
    printf 'skipped: %s\n' "$*"
    exit 77
}

! grep -qs '^RUNDOWN_SANITIZE:.*=memory$' "$BUILD/CMakeCache.txt" ||
    skip "the daemon does not exist in this flavour: libuv is not instrumented for MemorySanitizer"

# wait_for SECONDS WHAT COMMAND...: until the command succeeds.
wait_for() {
    local what=$2 deadline=$((SECONDS + $1))
    shift 2
    until "$@"; do
        [ "$SECONDS" -lt "$deadline" ] || fail "waited in vain: $what"
        sleep 0.01
    done
}

# Stores ------------------------------------------------------------------------------------------------

# random_bytes SEED BYTES: the same bytes for the same seed; no two MiB of them are alike.
random_bytes() {
    perl -e '
        my ($seed, $left) = @ARGV;
        my $size = 1 << 20;
        srand $seed;
        binmode STDOUT;
        my $block = pack "L*", map { int rand 4294967296 } 1 .. $size / 4;
        for (my $i = 0; $left > 0; $i++) {
            my $out = $block ^ (pack("L2", int(rand 4294967296), $i) x ($size / 8));
            $out = substr $out, 0, $left if $left < $size;
            print $out or die "write: $!";
            $left -= length $out;
        }' "$1" "$2"
}

# make_store BYTES: a store of about that size; three old logs of 1 MiB, a current one, an empty patch file.
make_store() {
    local log
    mkdir -p "$STORE"
    random_bytes 1 "$1" >"$STORE/ntds.dit"
    for log in 00009 0000a 0000B; do
        random_bytes "$((16#$log))" 1048576 >"$STORE/edb$log.log"
    done
    random_bytes 77 100001 >"$STORE/edb.log"
    : >"$STORE/empty.pat"
    printf 'checkpoint' >"$STORE/edb.chk"
}

# checksums DIRECTORY: of the files that a backup holds.
checksums() {
    (cd "$1" && sha256sum -- *.dit *.log *.pat)
}

# The server ------------------------------------------------------------------------------------------

is_ready() {
    ! kill -0 "$SERVER_PID" 2>/dev/null || grep -q '^ntdsbsrvd ready ' "$WORK/server.out"
}

# start_server OPTION...: on $STORE and $SOCKET, and waits until it is ready.
start_server() {
    : >"$WORK/server.out"
    "$BUILD/ntdsbsrvd" --store "$STORE" --socket "$SOCKET" "$@" >"$WORK/server.out" 2>>"$SERVER_LOG" &
    SERVER_PID=$!
    wait_for 30 "the server is ready" is_ready
    kill -0 "$SERVER_PID" 2>/dev/null || fail "the server did not start"
}

# The string binding of that protocol sequence in the ready line.
server_binding() {
    grep -o "$1:[^ ]*" "$WORK/server.out" || fail "no $1 in the ready line: $(cat "$WORK/server.out")"
}

# The port of 127.0.0.1 that it listens on.
server_port() {
    server_binding ncacn_ip_tcp | sed 's/.*\[\(.*\)\]$/\1/'
}

# talk PORT: sends standard input, and prints what is answered until the connection is closed.
talk() {
    # shellcheck disable=SC2016 # that is perl
    timeout 20 perl -MIO::Socket::INET -e '
        binmode $_ for *STDIN, *STDOUT;
        $SIG{PIPE} = "IGNORE";
        my $socket = IO::Socket::INET->new(PeerAddr => "127.0.0.1", PeerPort => $ARGV[0]) or die "connect: $!";
        my $bytes = do { local $/; <STDIN> };
        syswrite $socket, $bytes;
        print $bytes while sysread $socket, $bytes, 65536;' "$1"
}

# stop_server SIGNAL: and it must end with 0. A sanitizer that has found a leak makes that another code.
stop_server() {
    local status=0
    kill "-${1:-TERM}" "$SERVER_PID"
    wait "$SERVER_PID" || status=$?
    [ "$status" -eq 0 ] || fail "the server ended with $status"
    SERVER_PID=
}

kill_server() {
    kill -KILL "$SERVER_PID"
    wait "$SERVER_PID" 2>/dev/null || true
    SERVER_PID=
}

server_has_said() {
    grep -q -- "$1" "$SERVER_LOG"
}

# The tool ----------------------------------------------------------------------------------------------

# dsbackup ARGUMENT...: must succeed.
dsbackup() {
    "$BUILD/dsbackup" "$@" >"$TOOL_OUT" 2>&1 || fail "dsbackup $* ended with $?"
}

# refused CODE PATTERN COMMAND...: must end with that code and say that.
refused() {
    local code=$1 pattern=$2 status=0
    shift 2
    "$@" >"$TOOL_OUT" 2>&1 || status=$?
    [ "$status" -eq "$code" ] || fail "ended with $status, not $code: $*"
    grep -q -- "$pattern" "$TOOL_OUT" || fail "did not say '$pattern': $*"
    ! grep -q 'Sanitizer' "$TOOL_OUT" || fail "a sanitizer had to say something: $*"
}

# start_tool ARGUMENT...: in the background, as $TOOL_PID.
start_tool() {
    "$BUILD/dsbackup" "$@" >"$TOOL_OUT" 2>&1 &
    TOOL_PID=$!
}

# tool_ends_with CODE
tool_ends_with() {
    local status=0
    wait "$TOOL_PID" 2>/dev/null || status=$?
    [ "$status" -eq "$1" ] || fail "dsbackup ended with $status, not $1"
}

# is_longer FILE BYTES
is_longer() {
    [ -e "$1" ] && [ "$(stat -c %s "$1")" -gt "$2" ]
}

# Backups -------------------------------------------------------------------------------------------------

# seal BACKUP: makes the manifest's last line fit again, as somebody would who means harm.
seal() {
    local body
    body=$(mktemp "$WORK/body.XXXXXX")
    sed '/^end\t/d' "$1/manifest" >"$body"
    { cat "$body" && printf 'end\t%s\n' "$(sha256sum <"$body" | cut -d' ' -f1)"; } >"$1/manifest"
    rm "$body"
}

# seal_token BACKUP: the same after the token was changed.
seal_token() {
    local token
    token=$(printf 'token\\t%s\\t%s\\ttoken' "$(stat -c %s "$1/token")" "$(sha256sum <"$1/token" | cut -d' ' -f1)")
    sed -i "s/^token\t.*/$token/" "$1/manifest"
    seal "$1"
}

# age_token BACKUP DAYS: makes the token that much older, signed with the store's key: as a real one would be by then.
age_token() {
    perl -e '
        sub hex_of { open my $f, "-|", "sha256sum", $_[0] or die; (split " ", <$f>)[0] }
        sub sum { open my $f, ">:raw", $_[1] or die; print $f $_[0]; close $f or die; pack "H*", hex_of($_[1]) }
        my ($path, $days, $key_path, $scratch) = @ARGV;
        open my $k, "<:raw", $key_path or die; read $k, my $state, 4096;
        open my $t, "<:raw", $path or die; read $t, my $token, 4096;
        my $key = substr($state, 12, 32) . "\0" x 32;                   # server/state_file.h, server_key.h
        my ($tombstone, $created) = unpack "x12 L< Q<", $token;          # idl/token.h
        my $body = substr($token, 0, 16) . pack("Q<", $created - $days * 86400) . substr($token, 24, 16);
        my $mac = sum(($key ^ "\x5c" x 64) . sum(($key ^ "\x36" x 64) . $body, $scratch), $scratch);
        open $t, ">:raw", $path or die; print $t $body . $mac; close $t or die' \
        "$1/token" "$2" "$STORE/server.key" "$WORK/scratch"
    seal_token "$1"
}

# flip FILE OFFSET: turns over the bits of one byte.
flip() {
    perl -e 'open my $f, "+<:raw", $ARGV[0] or die "$ARGV[0]: $!";
             seek $f, $ARGV[1], 0; read $f, my $byte, 1; seek $f, $ARGV[1], 0; print $f ~$byte; close $f or die' "$1" "$2"
}
