# SPDX-License-Identifier: Apache-2.0
#
# Completion of rundown's command line in bash: subcommands, options, their values, files. What there is is asked of
# rundown itself, so this list cannot be an old one.

# Words in the left column of a help text.
_rundown_words() { # PATTERN [SUBCOMMAND]
    "${COMP_WORDS[0]/#\~/$HOME}" "${@:2}" --help 2>/dev/null | sed -nE "s/^  ($1)( .*)?\$/\1/p"
}

# What the value of an option may be: words, or a file, or a folder.
_rundown_value() { # SUBCOMMAND OPTION CURRENT
    local argument words
    argument=$("${COMP_WORDS[0]/#\~/$HOME}" "$1" --help 2>/dev/null | sed -nE "s/^  $2 ([^ ]+).*/\1/p")
    case $argument in
    FILE) mapfile -t COMPREPLY < <(compgen -f -- "$3") ;;
    DIR) mapfile -t COMPREPLY < <(compgen -d -- "$3") ;;
    CMD) mapfile -t COMPREPLY < <(compgen -c -- "$3") ;;
    EP) mapfile -t COMPREPLY < <(compgen -W 'ncalrpc: ncacn_ip_tcp:' -- "$3") ;;
    *'|'*) mapfile -t COMPREPLY < <(compgen -W "${argument//|/ }" -- "$3") ;;
    LIST)
        # Of a list the last word is completed.
        words='model ledger faults answers judges mutator'
        mapfile -t COMPREPLY < <(compgen -P "${3%"${3##*,}"}" -W "$words" -- "${3##*,}")
        ;;
    esac
}

_rundown() {
    local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]} sub=${COMP_WORDS[1]}
    COMPREPLY=()
    if [ "$COMP_CWORD" -eq 1 ]; then
        mapfile -t COMPREPLY < <(compgen -W "$(_rundown_words '[a-z]+|--[a-z-]+')" -- "$current")
    elif [[ $previous == --* || $previous == -k ]] && _rundown_takes_value "$sub" "$previous"; then
        _rundown_value "$sub" "$previous" "$current"
    elif [[ $current == -* ]]; then
        mapfile -t COMPREPLY < <(compgen -W "$(_rundown_words '--[a-z-]+' "$sub")" -- "$current")
    elif [ "$sub" = decode ] && [[ $previous == decode || $previous == --check ]]; then
        mapfile -t COMPREPLY < <(compgen -W 'server_pdu client_pdu ndr handle' -- "$current")
    else
        mapfile -t COMPREPLY < <(compgen -f -- "$current")
    fi
}

_rundown_takes_value() { # SUBCOMMAND OPTION
    [ "$2" = -k ] || [ -n "$("${COMP_WORDS[0]/#\~/$HOME}" "$1" --help 2>/dev/null | sed -nE "/^  $2 [A-Za-z]/p")" ]
}

complete -o filenames -F _rundown rundown
