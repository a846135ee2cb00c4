#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# gate.sh FLAVOUR [NN...]
#
# Plants each bug of that flavour (their heads say which, release if they say nothing) and lets the tools of BUG_TOOLS look
# for it, in this order, until one finds it. Fails for a bug that none finds or that is found for another
# reason than its head says, and for a patch that does not apply or compile.
set -euo pipefail
export LC_ALL=C
cd "$(dirname "$(realpath "$0")")/../../.."
# shellcheck source-path=SCRIPTDIR source=lib.sh
. tests/measure/bugs/lib.sh

readonly SECONDS_EACH=300

# One line: ok|FAILED, name, tool, milliseconds, reached/triggered, verdict.
hunt() { # FILE
    local name work tool start status verdict
    name=$(basename "$1" .patch)
    work=$BUGS_WORK/$name
    if ! [ -x "$work/out/rundown" ]; then
        printf 'FAILED %s: cannot be planted: %s\n' "$name" "$(complaint "$name" | tr '\n' ' ')"
        return
    fi
    for tool in $BUG_TOOLS; do
        rm -f "$work/canaries"
        start=$(date +%s%N)
        status=0
        bug_try "$tool" "$work" "$SECONDS_EACH" || status=$?
        [ "$status" -ne 0 ] || continue
        verdict=$(bug_verdict "$work")
        # What looks on has found nothing, and does not say that there is nothing.
        if [ "$status" -eq 124 ] && [ -z "$verdict" ]; then
            printf 'FAILED %s: %s has not ended after %d s\n' "$name" "$tool" "$SECONDS_EACH"
            rm -rf "$work"
            return
        fi
        # What a program of the corpus asserts is the model's answer, written down.
        [ "$verdict" != "asserted code" ] || verdict=code
        if [[ ", $(bug_field "$1" Verdict)," != *", ${verdict:-none},"* ]]; then
            printf 'FAILED %s: %s found "%s", not "%s"\n' "$name" "$tool" "$verdict" "$(bug_field "$1" Verdict)"
        elif [ "$(bug_canary "$work" 1)" = 0 ]; then
            printf 'FAILED %s: %s found "%s", but its canary was not triggered\n' "$name" "$tool" "$verdict"
        elif ! bug_log_compare "${name%%-*}" "$work/log"; then
            : # said
        else
            printf 'ok %-58s %-9s %5d ms %9s reached %9s triggered  %s\n' "$name" "$tool" \
                $((($(date +%s%N) - start) / 1000000)) "$(bug_canary "$work" 0)" "$(bug_canary "$work" 1)" "$verdict"
        fi
        rm -rf "$work"
        return
    done
    printf 'FAILED %s: not found; reached %s times, triggered %s times\n' "$name" "$(bug_canary "$work" 0)" \
        "$(bug_canary "$work" 1)"
    rm -rf "$work"
}

# Why a bug is not there.
complaint() { # NAME
    if [ -s "$BUGS_WORK/$1.rejected" ]; then
        head -n 3 "$BUGS_WORK/$1.rejected"
    elif ! [ -s "$BUGS_WORK/$1/out/name" ]; then
        tail -n 3 "$BUGS_WORK/tree/log"
    else
        ninja -C "$BUGS_WORK/tree" "$(cat "$BUGS_WORK/$1/out/name").rundown" | grep -A 1 ' error: ' | head -n 3
    fi
}

# Plants all, then builds them in one graph.
plant_all() { # FLAVOUR FILE...
    local file name folders=()
    for file in "${@:2}"; do
        name=$(basename "$file" .patch)
        if bug_plant "$file" "$BUGS_WORK/$name" >"$BUGS_WORK/$name.rejected" 2>&1; then folders+=("$BUGS_WORK/$name"); fi
    done
    [ ${#folders[@]} -eq 0 ] || bugs_build "$1" rundown "$BUGS_WORK/tree" out '' "${folders[@]}" || true
}

# The heads say what the gate and the score card rely on.
check_heads() {
    local file field classes=
    for file; do
        for field in Class Rule Precedent Verdict Needs; do
            [ -n "$(bug_field "$file" $field)" ] || { printf 'FAILED %s has no %s\n' "$file" "$field"; }
        done
        [ "$(grep -c '^+.*CANARY(' "$file")" -ge 1 ] || printf 'FAILED %s has no canary\n' "$file"
        classes+=$(bug_field "$file" Class | cut -c 1)
    done
    [ $# -ge 60 ] || printf 'FAILED: only %d bugs\n' $#
    [ "$(grep -l '^Needs: two conditions' "$@" | wc -l)" -ge 20 ] || echo "FAILED: fewer than 20 bugs need two conditions"
    for class in A B C D E F G H I J K L M N O P Q R; do
        [[ $classes == *$class* ]] || printf 'FAILED: no bug of class %s\n' "$class"
    done
}

flavour=${1:?usage: gate.sh FLAVOUR [NN...]}
shift
mkdir -p build
BUGS_WORK=$(mktemp -d "$PWD/build/bugs.XXXXXX")
export BUGS_WORK SECONDS_EACH
trap 'rm -rf "$BUGS_WORK"' EXIT
mapfile -t all < <(bug_files "$@")
files=()
for file in "${all[@]}"; do
    wanted=$(bug_field "$file" Flavour)
    [ "${wanted:-release}" != "$flavour" ] || files+=("$file")
done

{
    [ $# -gt 0 ] || check_heads "${all[@]}"
    if [ ${#files[@]} -gt 0 ]; then
        plant_all "$flavour" "${files[@]}"
        export -f hunt complaint bug_field bug_try bug_arguments bug_verdict bug_runs bug_canary bug_replay \
            bug_log_compare bug_compare
        # shellcheck disable=SC2016 # for the inner shell to expand
        printf '%s\0' "${files[@]}" | xargs -0 -r -P "$(nproc)" -n 1 bash -c 'hunt "$1"' hunt
    fi
} | sort -k 2 | tee "$BUGS_WORK/results"

found=$(grep -c '^ok ' "$BUGS_WORK/results" || true)
if grep -q '^FAILED' "$BUGS_WORK/results"; then
    echo "not ok - $found bugs found, $(grep -c '^FAILED' "$BUGS_WORK/results") complaints"
    exit 1
fi
[ "$found" -gt 0 ] || { echo "not ok - no bug of flavour $flavour"; exit 1; }
echo "ok - $found bugs found: $(for tool in $BUG_TOOLS; do
    printf '%s %d  ' "$tool" "$(awk -v tool="$tool" '$3 == tool' "$BUGS_WORK/results" | wc -l)"
done)"
