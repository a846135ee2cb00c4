# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# How build.sh builds a flavour: build/FLAVOUR, by the preset of that name; or below another folder, $BUILD.

BUILD=build

# One line that says how far a build is: "[12/345] ..." of ninja. Rewritten on a terminal, else one a quarter.
show_progress() { # WHAT
    local what=$1 line width quarter=0 now
    width=$(stty size 2>/dev/null <&2 | cut -d ' ' -f 2)
    width=${COLUMNS:-${width:-80}}
    while IFS= read -r line; do
        [[ $line =~ ^\[([0-9]+)/([0-9]+)\]\ (.*) ]] || continue
        STEPS=${BASH_REMATCH[2]} DONE=${BASH_REMATCH[1]}
        now=$((BASH_REMATCH[1] * 4 / STEPS))
        if [ -t 2 ]; then
            line="Building $what: ${BASH_REMATCH[1]} of $STEPS  ${BASH_REMATCH[3]}"
            printf '\r\033[K%s' "${line:0:width - 1}" >&2
        elif [ "$STEPS" -ge 40 ] && [ "$now" -gt "$quarter" ] && [ "$now" -lt 4 ]; then
            quarter=$now
            printf 'Building %s: %d of %d steps, %d s\n' "$what" "${BASH_REMATCH[1]}" "$STEPS" $((SECONDS - START)) >&2
        fi
    done
    [ ! -t 2 ] || printf '\r\033[K' >&2
    echo "${DONE:-0}" >"$BUILD/$what.steps"
}

# Whether build/FLAVOUR has to be configured (again). Tests once wanted stay.
configure() { # FLAVOUR
    local cache=$BUILD/$1/CMakeCache.txt preset=(--preset "$1" -B "$BUILD/$1")
    if [ ! -f "$BUILD/$1/build.ninja" ] || [ CMakePresets.json -nt "$cache" ]; then
        if [ "$WITH_TESTS" = 0 ] && ! grep -qs '^RUNDOWN_TESTS:' "$cache"; then
            cmake "${preset[@]}" -DRUNDOWN_TESTS=OFF
            return
        fi
    elif [ "$WITH_TESTS" = 0 ] || grep -q '^RUNDOWN_TESTS:BOOL=ON' "$cache"; then
        return 0
    fi
    if [ "$WITH_TESTS" = 0 ]; then cmake "${preset[@]}"; else cmake "${preset[@]}" -DRUNDOWN_TESTS=ON; fi
}

WITH_TESTS=0

# All of a flavour, or these targets.
build_flavour() { # FLAVOUR [TARGET...]
    local flavour=$1 log="$BUILD/$1.log" START=$SECONDS DONE=0 STEPS=0
    case " $FLAVOURS " in
    *" $flavour "*) ;;
    *) usage_error "unknown flavour '$flavour'; there are: $FLAVOURS" ;;
    esac
    shift
    mkdir -p "$BUILD"
    # What a first configuration left that failed would break the next.
    [ -f "$BUILD/$flavour/build.ninja" ] || rm -rf "$BUILD/$flavour/CMakeCache.txt" "$BUILD/$flavour/CMakeFiles"
    if ! { configure "$flavour" && AFL_QUIET=1 cmake --build "$BUILD/$flavour" ${1:+--target "$@"}; } 2>&1 | tee "$log" |
        show_progress "$flavour"; then
        printf 'Building %s failed\n' "$flavour" >&2
        grep -E -A6 'error|FAILED|warning:' "$log" | head -n 60 >&2 || tail -n 40 "$log" >&2
        die "the whole output is in $log"
    fi
    printf 'Built %s: %d steps, %d s\n' "$flavour" "$(cat "$BUILD/$flavour.steps")" $((SECONDS - START)) >&2
    rm -f "$BUILD/$flavour.steps"
}

# The programs of a flavour that the corpus needs.
readonly DRIVERS="session handle server_pdu client_pdu ndr"
build_for_corpus() { # FLAVOUR
    local driver targets=()
    case $1 in
    libfuzzer* | afl*) for driver in $DRIVERS; do targets+=("fuzz_$driver"); done ;;
    *) targets=(rundown) && for driver in $DRIVERS; do targets+=("replay_$driver"); done ;;
    esac
    [[ $1 != afl* ]] || targets+=(rundown_mutator)
    build_flavour "$1" "${targets[@]}"
}
