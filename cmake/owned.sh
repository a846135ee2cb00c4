# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# For scripts that start a lot: all of it ends with the script, however that ends, and two of them do not work in one
# folder at one time. A script that sources this calls `own SCRIPT "$@"` once, before it starts anything; SCRIPT is its own
# path.
#
# `own` starts the script again in a session of its own and waits for it; if it is killed, that ends as after SIGTERM.
# On SIGINT, SIGTERM and SIGHUP it ends every process of that session and all of their children (afl-fuzz and timeout(1)
# leave the process group), waits until they are gone, and exits with 128 + the signal's number.

own() { # SCRIPT [ARGUMENT...]
    # A script that is called by one that owns it is owned.
    [ "${RUNDOWN_SESSION:-}" != "$(session_of self)" ] || return 0
    local dies_along=(setpriv --pdeathsig TERM)
    command -v setpriv >/dev/null || dies_along=(env)
    # shellcheck disable=SC2016 # for the inner shell to expand
    "${dies_along[@]}" setsid "$BASH" -c 'export RUNDOWN_SESSION=$$; exec "$BASH" "$0" "$@"' "$@" </dev/null &
    OWNED=$!
    trap 'end_owned 2' INT
    trap 'end_owned 15' TERM
    trap 'end_owned 1' HUP
    local status=0
    wait "$OWNED" || status=$?
    exit "$status"
}

end_owned() { # SIGNAL
    trap '' INT TERM HUP
    local signal=TERM members i
    for ((i = 0; i < 100; i++)); do
        mapfile -t members < <(owned_processes "$OWNED")
        [ ${#members[@]} -gt 0 ] || break
        [ "$i" -lt 60 ] || signal=KILL
        [ $((i % 20)) -ne 0 ] && [ $signal = TERM ] || kill -s $signal "${members[@]}" 2>/dev/null || true
        sleep 0.05
    done
    wait "$OWNED" 2>/dev/null || true
    printf '\n%s: interrupted\n' "$(basename "$0")" >&2
    exit $((128 + $1))
}

# The session of a process; "self": of this shell.
session_of() { # PID
    local line words
    read -r line <"/proc/$1/stat" && read -ra words <<<"${line##*) }" && echo "${words[3]}"
}

# All processes of a session, and their descendants; ended ones that are not yet waited for are left out.
owned_processes() { # SESSION
    cat /proc/[0-9]*/stat 2>/dev/null | awk -v session="$1" '
        { pid = $1; sub(/.*\) /, ""); split($0, f, " ")
          if (f[1] == "Z" || f[1] == "X") next
          parent[pid] = f[2]; if (f[4] == session) mine[pid] }
        END { do { more = 0; for (p in parent) if (!(p in mine) && parent[p] in mine) { mine[p]; more = 1 } } while (more)
              for (p in mine) print p }'
}

# Holds build/NAME.lock until this script has ended, or says who holds it and exits with 1. A script that is called by
# one that holds it may go on. FOLDER: another one than build.
claim() { # NAME [FOLDER]
    [[ " ${RUNDOWN_CLAIMED:-} " != *" $1 "* ]] || return 0
    local lock=${2:-build}/$1.lock
    mkdir -p "${2:-build}"
    exec {CLAIM}<>"$lock"
    if ! flock -n "$CLAIM"; then
        printf '%s: another %s is running in this checkout (process %s); its results stay as they are\n' \
            "$(basename "$0")" "$1" "$(head -n 1 "$lock")" >&2
        exit 1
    fi
    printf '%d\n' $$ >"$lock"
    export RUNDOWN_CLAIMED="${RUNDOWN_CLAIMED:-} $1"
}
