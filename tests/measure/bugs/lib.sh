# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# Shared by the gate and the score card: a planted bug is NN-name.patch, a head of `Field: text` lines, a line of
# dashes, and a diff against target/.
# shellcheck source-path=SCRIPTDIR source=../variants.sh
. tests/measure/variants.sh

bug_files() { # [NN...]: the patches, or those, of which some may be of the unseen ones
    local number
    if [ $# -eq 0 ]; then
        printf '%s\n' tests/measure/bugs/[0-9]*.patch
    else
        for number; do
            compgen -G "tests/measure/bugs/$number-*.patch" || printf '%s\n' tests/measure/bugs/unseen/"$number"-*.patch
        done
    fi
}

bug_field() { # FILE FIELD
    sed -n "/^---/q; s/^$2: //p" "$1"
}

# The target with the bug in it, and others beside it, in FOLDER/target. A patch that does not apply fails.
bug_plant() { # FILE FOLDER [FILE...]
    local file
    rm -rf "$2"
    mkdir -p "$2"
    cp -r target "$2/target"
    for file in "$1" "${@:3}"; do patch -s -p1 -F0 -d "$2" <"$file" || return 1; done
}

# Programs of the flavour with these bugs in them, planted in the FOLDERs, in FOLDER/OUT; TREE is where they are built.
# Fails if one does not compile, and builds the others.
bugs_build() { # FLAVOUR PROGRAMS TREE OUT OPTIONS FOLDER...
    local here=$PWD/tests/measure/bugs
    VARIANT_SOURCES=$here/canary.c variants_configure "$1" "$3" "$4" "$2" "-include;$here/canary.h${5:+;$5}" "${@:6}" &&
        variants_build "$3"
}

# PROGRAM of the flavour with the bug in it, in WORK/out. A patch that does not apply, or does not compile, fails.
bug_build() { # FILE FLAVOUR PROGRAM WORK [COMPILER-OPTION...]
    local work options IFS=';'
    options="${*:5}"
    bug_plant "$1" "$4" || return 1
    work=$(cd "$4" && pwd)
    bugs_build "$2" "$3" "$work/build" out "$options" "$work" || { grep -A 2 ' error: ' "$work/build/log" >&2; return 1; }
}

# The same of several bugs, each alone, in WORK/NN/out. What does not compile is said.
bugs_build_each() { # FLAVOUR PROGRAMS WORK NN...
    local number folders=()
    for number in "${@:4}"; do
        bug_plant "$(bug_files "$number")" "$3/$number" || return 1
        folders+=("$3/$number")
    done
    bugs_build "$1" "$2" "$3/build" out '' "${folders[@]}" || { tail -n 20 "$3/build/log"; return 1; }
}

# What looks for a bug, in this order.
export BUG_TOOLS="replay sweep enumerate fields"

# The arguments of `rundown` for a tool that stops at its first finding, separated by NULs.
bug_arguments() { # TOOL WORK
    case $1 in
    sweep) set -- sweep --first --jobs 1 --findings "$2" corpus/session corpus/regressions ;;
    enumerate)
        # shellcheck disable=SC2086
        set -- enumerate ${bug_options:-} -k "${ENUMERATE_CALLS:-3}" --first --jobs 1 --findings "$2" corpus/alphabet/*.txt
        ;;
    fields) set -- fields --jobs 1 --inputs "$2/inputs" ;;
    esac
    printf '%s\0' "$@"
}

# One tool on a variant of `rundown`, up to its first finding or SECONDS. Exit code 0: no finding. What it prints is
# in WORK/log.
bug_try() { # TOOL WORK SECONDS
    local arguments
    if [ "$1" = replay ]; then
        bug_replay "$2" "$3"
        return
    fi
    mapfile -d '' -t arguments < <(bug_arguments "$1" "$2")
    RUNDOWN_CANARIES=$2/canaries timeout -k 5 "$3" "$2/out/rundown" "${arguments[@]}" >"$2/log" 2>&1
}

# The command that shows what bug_try found, to be typed.
bug_command() { # TOOL WORK
    local arguments failed
    if [ "$1" = replay ]; then
        failed=$(sed -n 's/^FAILED \(corpus[^ ]*\).*/\1/p' "$2/log" | head -n 1)
        arguments=(run "${failed:-corpus/session corpus/regressions}")
    else
        mapfile -d '' -t arguments < <(bug_arguments "$1" "$2")
    fi
    printf '%s\n' "$2/out/rundown ${arguments[*]}"
}

# Programs, then wire inputs with their effects.
bug_replay() { # WORK SECONDS
    local rundown=$1/out/rundown driver status=0
    export RUNDOWN_CANARIES=$1/canaries
    timeout -k 5 "$2" "$rundown" run --first corpus/session corpus/regressions >"$1/log" 2>&1 || status=1
    # A fault that never fires fails a program, and is no finding: what is behind it may be one.
    if [ $status -ne 0 ] && ! grep -q '^FINDING' "$1/log"; then
        timeout -k 5 "$2" "$rundown" run corpus/session corpus/regressions >"$1/log" 2>&1 || true
        grep -q '^FINDING' "$1/log" || status=0
    fi
    for driver in server_pdu client_pdu ndr; do
        [ $status -eq 0 ] || break
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

# Every signature that replay, a slice of the sweep and a short enumeration show of a variant, in WORK/out; once each.
bug_shows() { # WORK SLICE CALLS
    local rundown=$1/out/rundown found
    found=$(mktemp -d)
    {
        timeout -s KILL 300 "$rundown" replay corpus/session corpus/regressions corpus/{server_pdu,client_pdu,ndr} || true
        timeout -s KILL 300 "$rundown" sweep --slice "$2" --jobs 1 --findings "$found" corpus/session corpus/regressions || true
        timeout -s KILL 300 "$rundown" enumerate -k "$3" --jobs 1 --findings "$found" corpus/alphabet/*.txt || true
        timeout -s KILL 300 "$rundown" fields --slice "$2" --jobs 1 --inputs "$found" || true
    } >"$1/shown" 2>&1
    rm -rf "$found"
    sed -n 's/^SIGNATURE: //p' "$1/shown" | sort -u
}

# What it has shown behind them, once each.
bug_shows_behind() { # WORK
    sed -n 's/^BEHIND: //p' "$1/shown" | sort -u
}

# What stands in the table of signatures for a bug.
bug_signatures() { # NN
    sed -n "s/^$1 //p" tests/measure/bugs/signatures.txt
}

# Whether each line "NN SIGNATURE" of FILE stands in the table. A bug whose outcome depends on what lies in memory has
# a line "NN unstable: why" there: any signature is right.
bug_compare() { # FILE
    local number signature failed=0
    while read -r number signature; do
        grep -qFx -- "$number $signature" tests/measure/bugs/signatures.txt || grep -q "^$number unstable: " tests/measure/bugs/signatures.txt || {
            printf 'FAILED %s has a signature that is not in tests/measure/bugs/signatures.txt: %s\n' "$number" "$signature"
            failed=1
        }
    done <"$1"
    return $failed
}

# The same for what a tool has printed of bug NN.
bug_log_compare() { # NN LOG
    sed -n "s/^SIGNATURE: /$1 /p" "$2" | sort -u >"$2.signatures"
    bug_compare "$2.signatures"
}
