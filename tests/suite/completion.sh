#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# bash completes the command line of rundown: every subcommand and option that --help lists, values, files.
set -euo pipefail
build=$(realpath "$1")
cd "$(dirname "$0")/../.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0
# shellcheck source=/dev/null
. completions/rundown.bash

fail() {
    echo "not ok - $*"
    failed=1
}
# What is offered for the last of these words, sorted, in one line.
offers() { # WORD...
    COMP_WORDS=("$build/rundown" "$@")
    COMP_CWORD=$#
    COMPREPLY=()
    _rundown
    printf '%s\n' "${COMPREPLY[@]}" | sort | tr '\n' ' '
}
offered() { # EXPECTED WORD...
    local got
    got=$(offers "${@:2}")
    [ "$got" = "$1 " ] || fail "'${*:2}': expected $1, got $got"
}

[[ "$(complete -p rundown)" == *"-F _rundown rundown" ]] || fail "bash does not know the completion"
subcommands=$("$build/rundown" --help | sed -nE 's/^  ([a-z]+)( .*)?$/\1/p')
[ "$(wc -w <<<"$subcommands")" -ge 15 ] || fail "--help lists only $subcommands"
offered "$({ echo --help && echo --version && echo "$subcommands"; } | sort | tr '\n' ' ' | sed 's/ $//')" ""
offered "minimise" mini
for sub in $subcommands; do
    [[ " $(offers "${sub:0:-1}")" == *" $sub "* ]] || fail "$sub is not offered"
    # Each option of its own help, and no other.
    offered "$("$build/rundown" "$sub" --help | sed -nE 's/^  (--[a-z-]+)( .*)?$/\1/p' | sort | tr '\n' ' ' | sed 's/ $//')" "$sub" --
done
offered "--findings --first" sweep --fi
offered "local tcp" run --results ""
offered "tcp" run --results t
offered "ledger" run --without le
offered "model,faults" sweep --without model,fa
offered "client_pdu handle ndr server_pdu" decode ""
offered "ncacn_ip_tcp: ncalrpc:" proxy --listen nc
mkdir "$work/folder"
: >"$work/file.txt"
offered "$work/folder" sweep --findings "$work/f"
offered "$work/file.txt $work/folder" sweep --state "$work/f"
offered "$work/file.txt $work/folder" run --trace "$work/f"
offered "" run --least 1

[ "$failed" -eq 0 ] && echo "ok - bash completes $(wc -w <<<"$subcommands") subcommands"
exit "$failed"
