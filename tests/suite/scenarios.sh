#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# scenarios.sh BUILD
#
# Scenarios of a library with one known fault in each function (tests/scenarios/toy.c), an archive that is optimised and has no
# debug information: each shows just that, by the verdict and the name that it should have.
set -euo pipefail
build=$(realpath "$1")
cd "$(dirname "$(realpath "$0")")/../.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
toy=$build/scenarios_toy
failed=0

fail() {
    echo "not ok - $*"
    failed=1
}
# shows SCENARIO EXIT-CODE [SIGNATURE...]: the sweep of it, with what is in `options`, ends like that and has these findings
# alone.
options=()
shows() {
    local scenario=$1 code=$2 status=0
    shift 2
    "$toy" sweep "${options[@]}" "$scenario" >"$work/$scenario" || status=$?
    sed -n 's/^SIGNATURE: //p' "$work/$scenario" | diff <(printf '%s\n' "$@" | sed '/^$/d' | sort) - >"$work/diff" ||
        fail "$scenario: < expected, > found"$'\n'"$(cat "$work/diff")"
    [ "$status" = "$code" ] || fail "$scenario: exit code $status, not $code"
}

shows copy 0
shows through_pointer 0
shows joined 1 left-behind:mem.alloc@toy_joined#1
shows doubled 1 'released-twice:mem.alloc@toy_doubled#1, toy_doubled'
shows unchecked 1 'crash:toy_unchecked'
shows truncated 1 wrong:mem.alloc@toy_truncated#1
shows impatient 1 stuck:toy_impatient swallowed:mem.alloc@toy_impatient#1
shows fatal 1 exited:mem.alloc@toy_fatal#1
shows once 1 not-recovered:mem.alloc@toy_once#1
shows closed 1 'used-after-release:file.open@toy_closed#1, toy_closed'
shows borrowed 1 'misused:no fault point, toy_borrowed'
# What the first run of a process does not show.
shows reloaded 1 crash:toy_reloaded
grep -q 'in a process in which it had run before' "$work/reloaded" || fail "reloaded: it does not say that it had run before"
shows shifting 1 not-the-same:shifting
shows thread 1 not-swept:toy_thread
# What one fault, a burst or a persistent one do not reach.
shows sorry 0
options=(--pairs)
shows sorry 1 crash:toy_sorry
options=(--shapes 'once,burst')
shows speechless 1 crash:toy_speechless
options=(--shapes once)
shows speechless 0
options=()
shows speechless 1 crash:toy_speechless
shows hint 1 swallowed:mem.alloc@toy_hint#1
shows counted 1 grows:mem.alloc@toy_counted#1
shows table 0
grep -q 'table: kept for good: 1 memory, 64 bytes' "$work/table" || fail "the table is not listed as kept"
line=$(grep -n 'RUNDOWN_CLAIM(toy_table' tests/scenarios/scenarios.c)
shows wrong_claim 1 "wrong:scenarios.c:${line%%:*}: toy_table() != 0"

# What "again:" says shows it again, also where the fault has to go on at another fault point.
for scenario in doubled speechless reloaded sorry; do
    again=$(sed -n 's/^  again: //p' "$work/$scenario")
    [ -n "$again" ] || fail "$scenario: no command to see it again"
    if bash -c "$again" >"$work/again"; then fail "$scenario: again: nothing is found"; fi
    diff <(grep '^SIG\|^  fault' "$work/$scenario") <(grep '^SIG\|^  fault' "$work/again") || fail "$scenario: again: another finding"
done
"$toy" run doubled >/dev/null || fail "without a fault something is found"

# One process or several, whole or in parts: the same.
"$toy" sweep --jobs 1 >"$work/one" || true
"$toy" sweep --jobs 7 >"$work/seven" || true
diff <(grep -v ' runs in ' "$work/one") <(grep -v ' runs in ' "$work/seven") || fail "other findings in seven processes"
for i in 1 2 3; do "$toy" sweep --slice $i --of 3 joined doubled hint unchecked || true; done | sed -n 's/^SIGNATURE: //p' | sort -u >"$work/slices"
"$toy" sweep joined doubled hint unchecked >"$work/all" || true
sed -n 's/^SIGNATURE: //p' "$work/all" | sort -u | diff - "$work/slices" || fail "other findings in three slices"

# What may be swallowed.
echo 'mem.alloc@toy_hint#1 somebody 2026-01-01 a hint' >"$work/benign"
"$toy" sweep --benign "$work/benign" hint >/dev/null || fail "what is harmless is found all the same"
"$toy" sweep --benign "$work/benign" copy | grep -q 'never swallowed: mem.alloc@toy_hint#1' || fail "a line that hides nothing is not told"
echo 'mem.alloc@toy_hint#1' >"$work/benign"
status=0
"$toy" sweep --benign "$work/benign" hint >/dev/null 2>&1 || status=$?
[ "$status" = 2 ] || fail "a line without a reason is taken"

# JSON, SARIF and JUnit hold what the text says; SARIF and JUnit are the same with and without JSON.
"$toy" sweep --json "$work/json" --sarif "$work/sarif" --junit "$work/junit" >"$work/text" || true
python3 -B tests/suite/scenarios_formats.py "$work" || fail "JSON, SARIF or JUnit differ from the text"
"$toy" sweep hint copy --sarif "$work/sarif.alone" --junit "$work/junit.alone" >/dev/null || true
[ "$(grep -c '"ruleId": "rundown/swallowed"' "$work/sarif.alone")" = 1 ] || fail "no SARIF without JSON"
grep -q '<testsuite name="scenarios_toy" tests="2" failures="1"' "$work/junit.alone" || fail "no JUnit without JSON"
status=0
"$toy" sweep copy --junit "$work/none/file" >/dev/null 2>"$work/said" || status=$?
[ "$status" = 2 ] || fail "JUnit that cannot be written: exit code $status"
grep -q "none/file" "$work/said" || fail "JUnit that cannot be written: it is not told"

# Wrong usage.
for words in "" "nothing" "sweep none" "run" "run copy --fault none" "run copy --fault mem.alloc@toy_joined#1" "sweep --slice 3 --of 2" "sweep --shapes once,twice"; do
    status=0
    # shellcheck disable=SC2086
    "$toy" $words >/dev/null 2>&1 || status=$?
    [ "$status" = 2 ] || fail "scenarios_toy $words: exit code $status"
done

# What calls through a pointer, and at the end of a function, has a name.
for name in mem.alloc@toy_allocators#1 mem.alloc@toy_copy#1; do
    "$toy" sites | grep -qxF "$name" || fail "no fault point $name"
done
# What the library calls and the world does not break.
unseen='passed through, never broken and not in the ledger: pthread_create'
for words in sites 'sweep copy'; do
    # shellcheck disable=SC2086
    "$toy" $words | grep -qxF "$unseen" || fail "$words: it does not name what it does not see"
done
[ "$failed" -eq 0 ] && echo "ok - $(grep -c '^shows' "$0") scenarios"
exit "$failed"
