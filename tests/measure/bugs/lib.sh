# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# What the gate and the score card share: a planted bug is NN-name.patch, a head of `Field: text` lines, a line of
# dashes, and a diff against target/.

bug_files() { # [NN...]: the patches, or those
    local number
    if [ $# -eq 0 ]; then
        printf '%s\n' tests/measure/bugs/[0-9]*.patch
    else
        for number; do printf '%s\n' tests/measure/bugs/"$number"-*.patch; done
    fi
}

bug_field() { # FILE FIELD
    sed -n "/^---/q; s/^$2: //p" "$1"
}

# The target with the bug in it, as PROGRAM of the flavour, in WORK/out. A patch that does not apply, or does not
# compile, fails.
bug_build() { # FILE FLAVOUR PROGRAM WORK [COMPILER-OPTION...]
    local file=$1 flavour=$2 program=$3 work=$4
    shift 4
    rm -rf "$work"
    mkdir -p "$work"
    cp -r target "$work/target"
    patch -s -p1 -F0 -d "$work" <"$file" || return 1
    bash tests/measure/variant.sh "$flavour" "$program" "$work/target" "$work/out" -include "$PWD/tests/measure/bugs/canary.h" "$@"
}

# One tool on a variant of `rundown`, up to its first finding or SECONDS. Exit code 0: nothing was found. What it prints
# is in WORK/log.
bug_try() { # TOOL WORK SECONDS
    local rundown=$2/out/rundown
    case $1 in
    replay)
        bug_replay "$2" "$3"
        return
        ;;
    sweep) set -- "$2" "$3" sweep --first --jobs 1 --findings "$2" corpus/session corpus/regressions ;;
    enumerate)
        # shellcheck disable=SC2086
        set -- "$2" "$3" enumerate ${bug_options:-} -k "${ENUMERATE_CALLS:-3}" --first --jobs 1 --findings "$2" corpus/alphabet/*.txt
        ;;
    esac
    local log=$1/log
    RUNDOWN_CANARIES=$1/canaries timeout -k 5 "$2" "$rundown" "${@:3}" >"$log" 2>&1
}

# Programs, then wire inputs with what comes of them.
bug_replay() { # WORK SECONDS
    local rundown=$1/out/rundown driver status=0
    export RUNDOWN_CANARIES=$1/canaries
    timeout -k 5 "$2" "$rundown" run corpus/session corpus/regressions >"$1/log" 2>&1 || status=1
    for driver in server_pdu client_pdu ndr; do
        timeout -k 5 "$2" "$rundown" decode --check "$driver" corpus/"$driver"/*.bin >>"$1/log" 2>&1 || status=1
    done
    unset RUNDOWN_CANARIES
    return $status
}

bug_verdict() { # WORK: of the first finding
    sed -n 's/^FINDING \([^:]*\):.*/\1/p' "$1/log" | head -n 1
}

bug_runs() { # WORK: until the first finding
    sed -n 's/^The first finding, in run //p' "$1/log" | head -n 1
}

bug_canary() { # WORK INDEX: how often it was reached (0), was in a state where it does harm (1)
    [ -s "$1/canaries" ] || { echo 0; return; }
    od -An -tu8 -j $(($2 * 8)) -N8 "$1/canaries" | tr -d ' '
}
