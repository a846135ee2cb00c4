#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# judge.sh MUTANT RESULTS
#
# Builds and judges one MUTANT (a line of mutate.sh --list) and appends its outcome to RESULTS; mutate.sh says
# what the outcomes are. Works in build/mutation/work/$SLOT, where nobody else may. The copy of the target stays
# there for the next mutant, with this one's file as it was.
set -euo pipefail
export LC_ALL=C
cd "$(dirname "$0")/../.."
readonly build=build/release work=build/mutation/work/$SLOT original=build/mutation/work/original
readonly out=$work/out corpus=$original/corpus
IFS=$'\t' read -r file offset length operator line column name replacement <<<"$1"
readonly results=$2
judge=- running=

# An interrupted run leaves no judge behind: timeout hands the signal on.
stop() {
    [ -z "$running" ] || kill "$running" 2>/dev/null || true
    exit 1
}
trap stop INT TERM

escaped() {
    sed -e 's/\\/\\\\/g' -e 's/\t/\\t/g' | awk 'NR > 1 { printf "\\n" } { printf "%s", $0 }'
}

plant() {
    [ -d "$work/target" ] || { mkdir -p "$work" && cp -r "$original/target" "$work/target"; }
    head -c "$offset" "$original/$file" >"$work/$file"
    printf '%b' "$replacement" >>"$work/$file"
    tail -c +$((offset + length + 1)) "$original/$file" >>"$work/$file"
}

# Whether the compiler made the same of the mutant and the original: all that is left without debug information.
same_code() {
    local part=${file#target/} object
    part=${part%%/*}
    object=${part}-${file##*/}.o
    [ -e "$out/objects/$object" ] || return 1 # nothing was changed, as for the run before all mutants
    objcopy --strip-debug "$out/objects/$object" "$out/mutant.o"
    objcopy --strip-debug "$build/target/CMakeFiles/ntdsb_$part.dir/$part/${file##*/}.o" "$out/original.o"
    cmp -s "$out/mutant.o" "$out/original.o"
}

# Whether the mutant fails before that judge.
fails() { # JUDGE SECONDS ARGUMENT...
    local name=$1 seconds=$2 code=0
    shift 2
    timeout --kill-after=5 "$seconds" "$out/rundown" "$@" >/dev/null 2>&1 </dev/null &
    running=$!
    wait "$running" || code=$?
    running=
    case $code in
    0) return 1 ;;
    124 | 137) judge="$name (timeout)" ;;
    *) judge=$name ;;
    esac
}

# The corpus is small, and most mutants fail within a second; only survivors see it all.
killed() {
    ulimit -c 0 -v 8000000 # a mutant may allocate without end
    fails replay 60 run "$corpus/session" "$corpus/regressions" ||
        fails replay 60 decode --check server_pdu "$corpus"/server_pdu/*.bin ||
        fails replay 60 decode --check client_pdu "$corpus"/client_pdu/*.bin ||
        fails sweep 120 sweep --first --jobs 1 --findings "$out" "$corpus/session" "$corpus/regressions" ||
        fails enumerate 120 enumerate -k 3 --first --jobs 1 --findings "$out" "$corpus"/alphabet/*.txt
}

plant
if ! bash tests/variant.sh release rundown "$work/target" "$out" >/dev/null 2>&1; then
    outcome=invalid
elif same_code; then
    outcome=equivalent
elif killed; then
    outcome=killed
else
    outcome=survived
fi
before=$(head -c $((offset + length)) "$original/$file" | tail -c "$length" | escaped)
cp "$original/$file" "$work/$file"
rm -rf "$out"
printf '%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n' "$file" "$line" "$column" "$name" "$operator" "$before" \
    "$replacement" "$outcome" "$judge" "$SECONDS" >>"$results"
[ ! -t 2 ] || printf '%5d %-10s %-20s %s:%s:%s %s: %s\n' "$(wc -l <"$results")" "$outcome" "$judge" "$file" \
    "$line" "$column" "$name" "$operator" >&2
