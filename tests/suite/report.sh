#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# report.sh BUILD
#
# What python3 -m fuzz.report makes of findings and of what CTest wrote: SARIF with what an upload requires (suite/sarif has a
# validator), JUnit with each function, input and planted bug, also of processes that died, and a verdict that nothing makes milder
# than the results are.
set -euo pipefail
cd "$(dirname "$(realpath "$0")")/../.."
python3 -c 'import jsonschema' 2>/dev/null || { echo 'skipped: python3-jsonschema is not installed'; exit 77; }
work=$(mktemp -d "${TMPDIR:-/tmp}/rundown-report.XXXXXX")
trap 'rm -rf "$work"' EXIT

# Tests as CTest runs them, in a flavour of their own: script NAME TEXT-AND-END.
mkdir -p "$work/build/release" "$work/build/asan" "$work/build/broken"
tests=$work/build/release/CTestTestfile.cmake
script() { # NAME: what it does, on stdin
    cat >"$work/${1//\//-}.sh"
    printf 'add_test(%s bash "%s")\nset_tests_properties(%s PROPERTIES SKIP_RETURN_CODE 77)\n' "$1" "$work/${1//\//-}.sh" "$1" >>"$tests"
}
script unit/good <<'TXT'
printf '[==========] Running 2 test(s).\n[ RUN      ] first\n[       OK ] first\n[ RUN      ] second one, row 3\n[       OK ] second one, row 3\n[==========] 2 test(s) run.\n'
TXT
script unit/wrong <<'TXT'
printf '[==========] Running 2 test(s).\n[ RUN      ] asserts\n[  ERROR   ] --- 1 != 2 \001<&>\n[  FAILED  ] asserts\n[ RUN      ] goes_on\n[       OK ] goes_on\n'
exit 1
TXT
script unit/dies <<'TXT'
printf '[==========] Running 2 test(s).\n[ RUN      ] lives\n[       OK ] lives\n[ RUN      ] dies\n'
echo "ERROR: AddressSanitizer: heap-use-after-free"
kill -SEGV $$
TXT
script unit/dies_afterwards <<'TXT'
printf '[==========] Running 1 test(s).\n[ RUN      ] lives\n[       OK ] lives\n'
exit 1
TXT
script corpus/ndr <<'TXT'
printf '/x/ndr/one.bin ... ok\n/x/ndr/two.bin ... FINDING fixed point: they differ\n/x/ndr/three.bin ... '
kill -SEGV $$
TXT
script corpus/handle <<'TXT'
echo 'ok     program.txt'
TXT
script suite/bugs <<'TXT'
echo 'FAILED 02-never-found: not found; reached 3 times, triggered 0 times'
echo 'ok 01-found                                                   replay       40 ms         7 reached         3 triggered  code'
exit 1
TXT
script suite/skips <<'TXT'
echo 'skipped: no hammer'
exit 77
TXT
script suite/speaks_of_failures <<'TXT'
printf 'FAILED 03-some-bug: that is a text\n[ RUN      ] this_too\n'
TXT
ctest --test-dir "$work/build/release" --output-junit "$work/build/release/ctest.xml" --test-output-size-passed 1000000 >"$work/log" 2>&1 || true
echo '<testsuite></testsuite>' >"$work/build/asan/ctest.xml"
echo '<testsuite>' >"$work/build/broken/ctest.xml"
printf 'corpus in msan: 100 passed, 0 failed, 0 skipped\ncorpus in afl: 3 passed, 1 failed, 0 skipped: no\n' >"$work/build/flavours.log"

python3 -B tests/suite/report_formats.py "$work"
echo ok
