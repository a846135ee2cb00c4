#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# The public headers against those of mingw-w64: the same programs compile with both, every name of
# theirs is in ours, and every constant has the same value. The argument (the build directory) is not used.
set -euo pipefail
cd "$(dirname "$0")/../.."

readonly theirs=/usr/share/mingw-w64/include ours=target/include
readonly windows=(clang-14 --target=x86_64-w64-windows-gnu -isystem "$theirs")
[ -f "$theirs/ntdsbcli.h" ] || { echo "skipped: $theirs/ntdsbcli.h is not there (Debian package mingw-w64-common)"; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
checks=0 failures=0

check() { # WHAT COMMAND...
    local what=$1
    shift
    checks=$((checks + 1))
    "$@" -fsyntax-only >"$work/out" 2>&1 && return
    failures=$((failures + 1))
    printf 'FAILED: %s\n' "$what"
    head -n 20 "$work/out"
}

# The same sources with both sets of headers, in every mode.
readonly warnings=(-Wall -Wextra -Werror)
for source in tests/repository/headers/*.c; do
    name=$(basename "$source")
    for language in c:c11 c:gnu17 c++:c++11 c++:c++17; do
        for charset in ANSI UNICODE; do
            flags=(-x "${language%%:*}" "-std=${language#*:}")
            [ $charset = ANSI ] || flags+=(-DUNICODE -D_UNICODE)
            check "$name, $language, $charset, clang" clang-14 -I"$ours" "${warnings[@]}" "${flags[@]}" "$source"
            check "$name, $language, $charset, gcc" gcc -I"$ours" "${warnings[@]}" "${flags[@]}" "$source"
            check "$name, $language, $charset, 16-bit wchar_t" \
                clang-14 -I"$ours" "${warnings[@]}" -fshort-wchar "${flags[@]}" "$source"
            # Their prototypes of imported functions, declared again, only draw a warning.
            check "$name, $language, $charset, mingw-w64" "${windows[@]}" -w "${flags[@]}" "$source"
        done
    done
done

# Warnings that a user's own build may turn on.
check "headers alone, pedantic" clang-14 -x c -std=c11 -I"$ours" -Weverything -Wno-reserved-identifier \
    -Wno-reserved-macro-identifier -Wno-unused-macros -Wno-declaration-after-statement -Werror "$ours/ntdsbcli.h"

# Every macro of theirs is one of ours; every number is the same, both ways.
macros() { # FILE PATTERN: name and value
    awk -v pattern="^($2)\$" '$1 == "#define" && NF > 2 && $2 ~ pattern {
        $1 = ""; sub(/\/\*.*/, ""); print
    }' "$1"
}
{
    printf '#include <windows.h>\n#include <ntdsbcli.h>\n'
    sed -nE 's/^#define ([A-Za-z]\w*).*/\1/p' "$theirs/ntdsbcli.h" "$theirs/ntdsbmsg.h" |
        grep -v '^_' | while read -r name; do printf '#ifndef %s\n#error %s is missing\n#endif\n' "$name" "$name"; done
    macros "$theirs/ntdsbmsg.h" '[A-Za-z][A-Za-z0-9_]*' | while read -r name value; do
        printf '_Static_assert(%s == (%s), "%s");\n' "$name" "$value" "$name"
    done
    macros "$theirs/ntdsbcli.h" '(BACKUP|RESTORE|BFT)_[A-Z_]*' | while read -r name value; do
        printf '_Static_assert(%s == (%s), "%s");\n' "$name" "$value" "$name"
    done
} >"$work/theirs.c"
{
    printf '#include <windows.h>\n#include <ntdsbcli.h>\n'
    macros "$ours/winerror.h" 'NO_ERROR|(ERROR|RPC_S|RPC_X|FACILITY|E|S)_[A-Z0-9_]*' | while read -r name value; do
        printf '_Static_assert(%s == (%s), "%s");\n' "$name" "$value" "$name"
    done
    macros "$ours/ntdsbmsg.h" '[A-Za-z][A-Za-z0-9_]*' | while read -r name value; do
        printf '_Static_assert(%s == (%s), "%s");\n' "$name" "$value" "$name"
    done
} >"$work/ours.c"
for charset in '' -DUNICODE; do
    check "their names and numbers in our headers $charset" clang-14 -I"$ours" $charset -std=c11 -Werror "$work/theirs.c"
    check "our numbers in their headers $charset" "${windows[@]}" $charset -std=c11 "$work/ours.c"
done
compared=$(grep -c _Static_assert "$work/theirs.c")
compared_back=$(grep -c _Static_assert "$work/ours.c")
# There are 210 and 259 today: a generator that finds nothing proves nothing.
if [ "$compared" -lt 180 ] || [ "$compared_back" -lt 220 ]; then
    printf 'FAILED: only %d and %d constants were compared\n' "$compared" "$compared_back"
    failures=$((failures + 1))
fi

# The functions: theirs and one of ours.
declared() {
    grep -oE '\bDs[A-Za-z]+ *\(' "$1" | tr -d ' (' | sort -u
}
expected=$({ declared "$theirs/ntdsbcli.h"; echo DsRestoreCheckExpiryToken; } | sort)
exported=$(grep -oE 'Ds[A-Za-z]+' target/libntdsbcli.map | sort)
checks=$((checks + 2))
[ "$expected" = "$(grep -v '^[ /]*\*' "$ours/ntdsbcli.h" >"$work/ours.h"; declared "$work/ours.h")" ] ||
    { echo "FAILED: ntdsbcli.h does not declare exactly their functions and ours"; failures=$((failures + 1)); }
[ "$expected" = "$exported" ] ||
    { echo "FAILED: libntdsbcli.map does not export exactly these functions"; failures=$((failures + 1)); }

printf '%d checks, %d and %d constants compared, %d failures\n' "$checks" "$compared" "$compared_back" "$failures"
[ "$failures" = 0 ]
