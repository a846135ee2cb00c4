#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Real processes die or lose what they stand on, one way a round, drawn by the round's seed: who dies, at which RPC
# boundary or inside which call; or descriptors, memory, disk, permission, the store's files. After each round: the
# client has returned a documented code in time, the server holds what it held before, every log is there but
# those that a finished backup truncated, the restore interlock is as it should be and can be ended, and an honest
# client gets every byte. Round N of seed S is round 1 of seed S + N - 1.
#
#     deaths.sh BUILD [rounds=N] [seed=N] [kind=N]
# shellcheck source-path=SCRIPTDIR source=lib.sh disable=SC2119
if [ -z "${RUNDOWN_MOUNTS:-}" ] && unshare --mount true 2>/dev/null; then
    RUNDOWN_MOUNTS=own exec unshare --mount bash "$0" "$@" # the small disk goes with this process
fi
source "$(dirname "$0")/lib.sh"
# shellcheck source=deaths_kinds.sh
source "$(dirname "$0")/deaths_kinds.sh"
# shellcheck source=deaths_limits.sh
source "$(dirname "$0")/deaths_limits.sh"

rounds=1000 seed=1 kind=0
take_options "${@:2}"

# draw N: a number from 0 to N - 1, as $DRAWN.
draw() {
    DRAWN=$((RANDOM % $1))
}

leave() {
    local status=$?
    [ -z "${SMALL_DISK:-}" ] || umount "$SMALL_DISK" 2>/dev/null || true
    [ "$status" -eq 0 ] || ! [ -s "$WORK/round" ] || cat "$WORK/round"
    if (exit "$status"); then finish; else finish; fi
}
trap leave EXIT

SMALL_DISK=
[ -z "${RUNDOWN_MOUNTS:-}" ] || mount_small_disk
open_pipes
make_store 4000000
for log in "$STORE"/edb0*.log; do truncate -s 300000 "$log"; done
keep_store
start_server --insecure-tcp-loopback 0
note_calm
take_token

declare -A counts=()
figures=$FIGURES/deaths.tsv
printf 'round\tseed\tkind\twhere\tcall\tcode\tmilliseconds\n' >"$figures"
printf 'deaths: %d rounds from seed %d\n' "$rounds" "$seed"
for ((round = 1; round <= rounds; round++)); do
    RANDOM=$((seed + round - 1))
    for ((i = 0; i < 10; i++)); do draw 2; done # the first ones of neighbouring seeds are alike
    draw "${#KINDS[@]}"
    [ "$kind" -eq 0 ] || DRAWN=$((kind - 1))
    name=${KINDS[DRAWN]}
    printf 'round %d, seed %d: %s\n' "$round" "$((seed + round - 1))" "$name" >"$WORK/round"
    : >"$SERVER_LOG"
    WHERE='' FAILED_CALL='' CODE='' started=${EPOCHREALTIME/./}
    "$name"
    [ "$WHERE" != skipped ] || continue
    comes_to_rest
    put_back
    serves
    comes_to_rest
    counts[$name]=$((${counts[$name]:-0} + 1))
    printf '%d\t%d\t%s\t%s\t%s\t%s\t%d\n' "$round" "$((seed + round - 1))" "$name" "$WHERE" "${FAILED_CALL:--}" \
        "${CODE:--}" $(((${EPOCHREALTIME/./} - started) / 1000)) >>"$figures"
done
stop_server
for name in "${KINDS[@]}"; do
    [ -z "${counts[$name]:-}" ] || ok "$name: ${counts[$name]} rounds"
done
ok "$rounds rounds from seed $seed: no hang, nothing left, no log lost"
