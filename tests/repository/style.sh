#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Checks uniform style: one layout for all C, clean shell scripts, dependencies
# that run one way, a licence line in every file. The argument (the build
# directory) is not used.
set -euo pipefail
cd "$(dirname "$0")/../.."
failed=0 skipped=

complain() {
    printf 'not ok - %s\n' "$1"
    failed=1
}

mapfile -t sources < <(find target faults fuzz tests -name '*.[ch]' | sort)
[ "${#sources[@]}" -gt 50 ] || complain "only ${#sources[@]} sources found"
if command -v clang-format-14 >/dev/null; then
    clang-format-14 --dry-run -Werror "${sources[@]}" || complain "clang-format would change these"
else
    skipped='clang-format-14 is not installed'
fi

# A comment that the formatter has torn because it is one word too long.
# shellcheck disable=SC2016 # that is awk
torn=$(find target -name '*.[ch]' -print0 | sort -z | xargs -0 awk '
    /^ *\/\*/ && !/\*\// { text = $0 !~ /^ *\/\*+$/; start = FNR; next }
    text && /^ *\*\/$/ { print FILENAME ":" start ": the formatter has torn this comment"; text = 0 }
    text && /^ *\* / { print FILENAME ":" start ": a comment in two styles"; text = 0 }
    /\*\// { text = 0 }')
[ -z "$torn" ] || complain "$torn"

mapfile -t scripts < <(find . -name '*.sh' -not -path './build/*' -not -path './.clusterfuzzlite/*' | sort)
if command -v shellcheck >/dev/null; then
    shellcheck -x "${scripts[@]}" .ci/run || complain "shellcheck has something to say"
else
    skipped='shellcheck is not installed'
fi

if grep -nE '#include "(\.\./)+(faults|fuzz|tests)/|#include "(faults|fuzz|tests)/' -r target; then
    complain "target/ includes something from outside"
fi
if grep -nE 'FUZZING_BUILD_MODE|__AFL|LLVMFuzzer' -r target; then
    complain "target/ knows of the suite"
fi
if grep -nE '#include "(fuzz|tests|target)/' -r faults; then
    complain "faults/ depends on more than libc"
fi
if grep -nE '#include "tests/' -r fuzz; then
    complain "fuzz/ depends on tests/"
fi
mapfile -t unlicensed < <(grep -L 'SPDX-License-Identifier: Apache-2.0' "${sources[@]}" "${scripts[@]}")
[ "${#unlicensed[@]}" -eq 0 ] || complain "no licence line in: ${unlicensed[*]}"

if [ "$failed" -eq 0 ] && [ -n "$skipped" ]; then
    printf 'skipped: %s\n' "$skipped"
    exit 77
fi
[ "$failed" -eq 0 ] && printf 'ok - %d sources and %d scripts\n' "${#sources[@]}" "${#scripts[@]}"
exit "$failed"
