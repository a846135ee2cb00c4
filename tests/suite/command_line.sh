#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# The command line of rundown: help of every subcommand, options in any order, what is said about wrong ones, numbers that
# are out of range, judges that are left out, and that no argument is understood by what lies on the disk.
set -euo pipefail
build=$(realpath "$1")
cd "$(dirname "$0")/../.."
rundown=$build/rundown
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0
program=corpus/session/double-end.txt

fail() {
    echo "not ok - $*"
    failed=1
}
# Ends with that code, and says all of this.
says() { # CODE TEXT COMMAND...
    local code=$1 text=$2 status=0
    shift 2
    "$@" >"$work/log" 2>&1 || status=$?
    if [ "$status" -ne "$code" ] || ! grep -qF -e "$text" "$work/log"; then
        fail "'$*' ends with $status, not $code, or does not say '$text': $(head -n 3 "$work/log" | tr '\n' ' ')"
    fi
}

# Help: of rundown and of each subcommand, on standard output, at most 80 columns.
"$rundown" --help >"$work/help"
mapfile -t subcommands < <(sed -n '/^$/,/^$/ s/^  \([a-z][a-z]*\).*/\1/p' "$work/help")
[ "${#subcommands[@]}" -ge 15 ] || fail "--help lists ${#subcommands[@]} subcommands"
for sub in "${subcommands[@]}"; do
    "$rundown" "$sub" --help >"$work/help.$sub" || fail "$sub --help"
    grep -q "^rundown $sub" "$work/help.$sub" || fail "$sub --help does not name it"
    grep -q '^  --help' "$work/help.$sub" || fail "$sub --help does not list options"
done
! grep -nE '.{81}' "$work"/help* || fail "help is wider than 80 columns"
for option in --without --results --least --trace; do
    grep -q -e "^  $option" "$work/help.run" || fail "run --help does not say $option"
done
says 0 'SUBCOMMAND' "$rundown" help
[[ "$("$rundown" --version) $("$rundown" run --version)" =~ ^rundown\ [0-9.]+\ rundown\ run\ [0-9.]+$ ]] || fail "--version"

# Options stand anywhere, with = or without, and -- ends them.
"$rundown" run --trace --least 1 "$program" >"$work/first"
for words in "$program --least 1 --trace" "--least=1 $program --trace" "--trace --least 1 -- $program"; do
    read -ra split <<<"$words"
    "$rundown" run "${split[@]}" | diff "$work/first" - >/dev/null || fail "run $words"
    POSIXLY_CORRECT=1 "$rundown" run "${split[@]}" | diff "$work/first" - >/dev/null || fail "POSIXLY_CORRECT: run $words"
done
says 0 '2 calls of' "$rundown" enumerate corpus/alphabet/online.txt -k 2 --no-faults --jobs 1
says 0 '2 calls of' "$rundown" enumerate --calls 2 --no-faults corpus/alphabet/online.txt
cp "$program" "$work/-dash.txt"
(cd "$work" && "$rundown" run -dash.txt >/dev/null) || fail "a path that begins with a dash"

# An error names the wrong word, and the one that was probably meant.
says 2 'did you mean --trace?' "$rundown" run --tarce "$program"
says 2 'did you mean --findings?' "$rundown" sweep --finding-dir x "$program"
says 2 'did you mean sweep?' "$rundown" sweeep
says 2 'did you mean enumerate?' "$rundown" enumerat
says 2 "unknown subcommand 'xyzzy'" "$rundown" xyzzy
says 2 'a subcommand is missing' "$rundown"
says 2 'PATH... is missing' "$rundown" run
says 2 "unexpected argument 'b'" "$rundown" minimise a b
says 2 'Try: rundown sites --help' "$rundown" sites a b
for last in "run $program --least" "sweep $program --jobs" "sweep --findings" "enumerate $program -k" "proxy --listen"; do
    read -ra split <<<"$last"
    says 2 'requires an argument' "$rundown" "${split[@]}"
done
says 1 'has no finding' "$rundown" minimize "$program"
says 1 'has no finding' "$rundown" minimise "$program"

# Numbers: digits, in range, nothing after them.
for wrong in "run --least 0" "run --least 2x" "run --least -1" "run --least 99999999999" "sweep --jobs 0" "sweep --jobs 65" \
    "sweep --jobs 4294967297" "sweep --slice 0/2" "sweep --slice 3/2" "sweep --slice 1/4294967297" "sweep --slice 1/2/3" \
    "sweep --slice 1/" "sweep --slice /1" "enumerate -k 0" "enumerate --calls 7" "enumerate --jobs 18446744073709551617" \
    "bench 0" "bench 1e9" "bench -1"; do
    read -ra split <<<"$wrong"
    says 2 'Try: rundown' "$rundown" "${split[@]}" "$program"
done
for wrong in "--seed 4294967296" "--seed x" "--every 0" "--every 4294967297"; do
    read -ra split <<<"$wrong"
    says 2 'Try: rundown proxy --help' "$rundown" proxy --listen "ncalrpc:[$work/p]" --to 'ncacn_ip_tcp:127.0.0.1[1]' "${split[@]}"
done
for port in 65536 99999 4294967297 -1 1x ''; do
    says 1 'is not ncalrpc' timeout 5 "$rundown" proxy --listen "ncacn_ip_tcp:127.0.0.1[$port]" --to 'ncacn_ip_tcp:127.0.0.1[1]'
    says 1 'is not ncalrpc' timeout 5 "$rundown" proxy --listen "ncalrpc:[$work/p]" --to "ncacn_ip_tcp:127.0.0.1[$port]"
done
says 2 'usage:' "$build/replay_ndr" --least 0 corpus/ndr
says 2 'usage:' "$build/replay_ndr" corpus/ndr --least
says 2 'usage:' "$build/replay_ndr" --lest 1 corpus/ndr
says 2 'usage:' "$build/replay_ndr"

# Judges are left out by an option, or by the environment where options are an engine's.
echo 'DsIsNTDSOnlineW(".")  # ERROR_ACCESS_DENIED' >"$work/wrong.txt"
says 1 'FINDING asserted code' "$rundown" run "$work/wrong.txt"
says 0 '1 programs, 0 failed' "$rundown" run "$work/wrong.txt" --without judges
says 0 '1 programs, 0 failed' "$rundown" run --without ledger,judges "$work/wrong.txt"
says 1 'FINDING asserted code' "$rundown" run --without model,ledger "$work/wrong.txt"
says 0 '1 programs, 0 failed' env RUNDOWN_WITHOUT=judges "$rundown" run "$work/wrong.txt"
says 2 'must be a list of model' "$rundown" run --without modle "$work/wrong.txt"
says 2 'must be a list of model' "$rundown" sweep --without models "$work/wrong.txt"
says 2 'must be a list of model' "$rundown" enumerate --without x corpus/alphabet/online.txt
says 2 'must be a list of model' env RUNDOWN_WITHOUT=judge "$rundown" run "$work/wrong.txt"
says 2 'must be a list of model' env RUNDOWN_WITHOUT=judge "$build/replay_session" "$work/wrong.txt"

# The corpus is swept where no path is given, whether or not the folder for findings exists.
mkdir "$work/findings"
sweep() { "$rundown" sweep --slice 1/900 --jobs 2 --findings "$@" 2>&1 | tail -n 1; }
[ "$(sweep "$work/findings")" = "$(sweep "$work/findings" corpus/session corpus/regressions)" ] ||
    fail "sweep without a path, with a folder for findings: $(sweep "$work/findings")"

# Verdicts: each with its meaning; those that planted bugs wait for are among them.
"$rundown" verdicts >"$work/verdicts"
[ "$(grep -c '^[a-zE]' "$work/verdicts")" -eq "$(grep -c '^    .' "$work/verdicts")" ] || fail "a verdict without a meaning"
! grep -nE '.{81}' "$work/verdicts" || fail "verdicts are wider than 80 columns"
sed -n 's/^Verdict: //p' tests/measure/bugs/*.patch | sed 's/, /\n/g' | sort -u >"$work/heads"
[ "$(wc -l <"$work/heads")" -ge 15 ] || fail "only $(wc -l <"$work/heads") verdicts in the heads of planted bugs"
while read -r verdict; do
    grep -qxF -e "$verdict" "$work/verdicts" || fail "planted bugs wait for '$verdict', which is not a verdict"
done <"$work/heads"

[ "$failed" -eq 0 ] && echo "ok - ${#subcommands[@]} subcommands, $(wc -l <"$work/heads") verdicts in heads"
exit "$failed"
