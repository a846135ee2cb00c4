#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# run.sh BUILD
#
# Sweeps each library that examples/libraries has a scenario for, and prints a line for each. For the version of its package
# that findings.txt names, other findings than those listed there are a failure; with another version the difference is shown.
# Exit code 77, with "skipped: REASON", if none of the libraries is installed.
set -euo pipefail
export LC_ALL=C
build=$(realpath "${1:?usage: run.sh BUILD}")
cd "$(dirname "$(realpath "$0")")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0 ran=0
printf '%-9s %-24s %s\n' library version result
mapfile -t names < <(sed -n 's/^example(\([^ ]*\) .*/\1/p' CMakeLists.txt)
for name in "${names[@]}"; do
    program=$build/examples/libraries/$name
    read -r package listed < <(awk -v name="$name" '$1 == name { print $2, $3; exit }' findings.txt)
    version=$(dpkg-query -W -f '${Version}' "$package" 2>/dev/null || true)
    if [ ! -x "$program" ]; then
        printf '%-9s %-24s %s, or what it needs, is not installed\n' "$name" - "$package"
        continue
    fi
    options=()
    [ ! -e "$name.benign" ] || options=(--benign "$name.benign")
    status=0
    "$program" sweep "${options[@]}" >"$work/$name" 2>"$work/$name.said" || status=$?
    printf '%-9s %-24s %s\n' "$name" "$version" "$(tail -n 1 "$work/$name")"
    sed -n '/^FINDING/,/again:/p' "$work/$name" | sed 's/^/    /'
    ran=$((ran + 1))
    awk -v name="$name" '$1 == name && $4 != "-" { $1 = $2 = $3 = ""; sub(/^ +/, ""); print }' findings.txt | sort >"$work/listed"
    sed -n 's/^SIGNATURE: //p' "$work/$name" | sort >"$work/found"
    if ! diff "$work/listed" "$work/found" >"$work/difference"; then
        echo "    < listed for $listed, > found:"
        sed 's/^/    /' "$work/difference"
        [ "$version" != "$listed" ] || failed=1
    fi
    [ "$status" -le 1 ] || { echo "    it ended with $status:" && cat "$work/$name.said" && failed=1; }
done
[ "$ran" -gt 0 ] || { echo "skipped: none of the libraries is installed"; exit 77; }
[ "$failed" -eq 0 ] || echo "not ok - other findings than those listed"
exit "$failed"
