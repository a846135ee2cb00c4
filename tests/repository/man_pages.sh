#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# The manual pages: each source in docs/ becomes a page, mandoc has nothing to say about it, and it has the options and
# commands of --help, no more and no fewer.
set -euo pipefail
build=$(cd "$1" && pwd)
cd "$(dirname "$0")/../.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fail() {
    echo "not ok - $*"
    exit 1
}

# Options and, where a program has a list of them, commands: as the two-column lists of --help begin.
of_help() {
    local sub
    {
        "$1" --help
        # Where there are subcommands, each has options of its own.
        for sub in $("$1" --help-man | sed -n "s/^\.Ss $(basename "$1") \([a-z]*\).*/\1/p"); do "$1" "$sub" --help; done
    } | sed -nE 's/^ {1,4}(-?-[a-zA-Z][a-z-]*|[a-z]+)( .*)?$/\1/p' | grep -vFx "$(basename "$1")" | sort -u
}
of_page() {
    sed -nE 's/^\.It Fl -?([a-zA-Z][a-z-]*).*/--\1/p; /^\.Sh (COMMANDS|OPTIONS OF COMMANDS)/,/^\.Sh (OPTIONS|ENVIRONMENT)$/s/^\.It Cm ([a-z]+).*/\1/p' "$1" | sort -u
}

[ -x "$build/ntdsbsrvd" ] || { echo "skipped: this flavour has no daemon"; exit 77; }
pages=0
for source in docs/*.[1-8].in; do
    name=$(basename "$source" .in)
    page=$build/man/$name
    program=$build/${name%.*}
    [ -s "$page" ] || fail "$source does not become $page"
    # Pages of this project need not be installed to be referred to.
    if command -v mandoc >/dev/null; then
        mandoc -T lint "$page" 2>/dev/null | grep -v 'STYLE: referenced manual not found' >"$work/lint" || true
        [ ! -s "$work/lint" ] || fail "mandoc has something to say: $(cat "$work/lint")"
    fi
    if grep -q '^@' "$page"; then fail "$name: a line is left that the build should have replaced"; fi
    of_help "$program" >"$work/help"
    of_page "$page" >"$work/page"
    [ "$(wc -l <"$work/help")" -ge 5 ] || fail "$program --help lists only: $(tr '\n' ' ' <"$work/help")"
    diff "$work/help" "$work/page" || fail "$name and --help differ (<: --help alone, >: the page alone)"
    pages=$((pages + 1))
done
[ "$pages" -ge 2 ] || fail "only $pages pages"
command -v mandoc >/dev/null || { echo "skipped: mandoc is not installed (the pages have the options of --help)"; exit 77; }
echo "ok - $pages manual pages have the options of --help, and mandoc has nothing to say"
