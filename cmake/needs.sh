# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# Lists and installs the packages that the commands of build.sh need, by the table needs.txt.

# FOR, PROBE, PACKAGE, WHY of the rows for these, separated by tabs.
needs_rows() { # FOR...
    awk -v wanted=" $* " '/^#/ || NF == 0 { next }
        index(wanted, " " $1 " ") || wanted ~ /^ *$/ {
            why = $4; for (i = 5; i <= NF; i++) why = why " " $i
            print $1 "\t" $2 "\t" $3 "\t" why }' cmake/needs.txt
}

is_there() { # PROBE
    case $1 in
    /*) compgen -G "$1" >/dev/null ;;
    *) command -v "$1" >/dev/null ;;
    esac
}

# Prints each need and whether it is there. Exit code 1: something is missing.
needs_show() { # FOR...
    local for probe package why state status=0
    printf '%-7s %-18s %-8s %s\n' for package '' why
    while IFS=$'\t' read -r for probe package why; do
        state=there
        is_there "$probe" || { state=MISSING && status=1; }
        printf '%-7s %-18s %-8s %s\n' "$for" "$package" "$state" "$why"
    done < <(needs_rows "$@")
    return $status
}

# Installs missing packages, and lists them with the reason. Does nothing, silently, if none is missing.
needs_install() { # FOR...
    local for probe package why packages=() reasons=()
    while IFS=$'\t' read -r for probe package why; do
        is_there "$probe" && continue
        [[ " ${packages[*]} " == *" $package "* ]] || packages+=("$package")
        reasons+=("$(printf '  %-18s %s' "$package" "$why")")
    done < <(needs_rows "$@")
    [ ${#packages[@]} -gt 0 ] || return 0
    printf 'Missing:\n' >&2
    printf '%s\n' "${reasons[@]}" | sort -u >&2
    command -v apt-get >/dev/null || die "install them first (the names are those of Debian's packages)"
    local root=()
    if [ "$(id -u)" != 0 ]; then
        command -v sudo >/dev/null || die "to install them takes root, or sudo; as root: apt-get install ${packages[*]}"
        root=(sudo)
    fi
    local start=$SECONDS failed=0 cluster=/etc/postgresql-common/createcluster.d/rundown.conf
    printf 'Installing %s ... ' "${packages[*]}" >&2
    mkdir -p build
    # Debian's postgres would bring a database along, and start a server for it.
    [[ " ${packages[*]} " != *" postgresql-15 "* ]] ||
        "${root[@]}" install -D -m 644 /dev/stdin "$cluster" <<<'create_main_cluster = false'
    # A SIGTERM is obeyed when apt-get has ended: half installed packages would be useless.
    { "${root[@]}" apt-get update -q && "${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -q -y \
        --no-install-recommends "${packages[@]}"; } >build/install.log 2>&1 || failed=1
    "${root[@]}" rm -f "$cluster"
    if [ $failed = 1 ]; then
        printf 'failed\n' >&2
        tail -n 20 build/install.log >&2
        die "could not install them; the whole output is in build/install.log"
    fi
    printf '%d s\n' $((SECONDS - start)) >&2
}

# For whom needs.txt is read: by command and arguments.
needs_of() { # COMMAND [ARGUMENT...]
    local command=$1 argument
    shift
    case $command in
    build | test | flavours)
        echo build
        case $command in
        test)
            echo check test examples compare
            [ "${1:-}" != --ci ] || echo ci
            ;;
        flavours) [ $# -gt 0 ] || echo gcc clang afl ci ;;
        esac
        for argument; do
            case $argument in afl*) echo afl ;; gcc*) echo gcc ;; clang*) echo clang ;; oss-fuzz*) echo ci ;; esac
        done
        ;;
    fuzz)
        echo build
        [[ " $* " == *" --engine libfuzzer "* ]] || echo afl
        ;;
    check) echo build check ;;
    examples)
        echo build examples
        [ "${1:-}" != --compare ] || echo compare
        ;;
    lint) echo build test ;;
    plant) echo build plant ;;
    tour) echo build plant tour ;;
    bench) echo build afl bench ;;
    report) echo report ;;
    score) echo build afl plant score ;;
    stress) echo build stress ;;
    mutate) echo build check mutate ;;
    coverage)
        echo build
        [ $# -gt 0 ] || echo check test
        ;;
    replay | sweep | leaks | enumerate | install | bisect | corpus) echo build ;;
    package) echo build package ;;
    esac
}
