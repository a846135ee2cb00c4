#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# The one front door. `./build.sh help` lists what it does.
# It installs what is missing on Debian and Ubuntu (root or sudo); elsewhere it says what is missing.
set -euo pipefail
cd "$(dirname "$0")"

readonly FLAVOURS="release asan msan tsan libfuzzer afl coverage gcc-release gcc-asan libfuzzer-plain afl-plain"

usage() {
    cat <<'TXT'
./build.sh COMMAND

  build [FLAVOUR...]   build flavours (default: release); each into build/FLAVOUR
                       release      optimised, no instrumentation
                       asan         AddressSanitizer + UndefinedBehaviorSanitizer
                       msan  tsan   MemorySanitizer, ThreadSanitizer
                       libfuzzer    drivers for libFuzzer, ASan + UBSan   (libfuzzer-plain: without)
                       afl          drivers for AFL++, ASan + UBSan       (afl-plain: without)
                       coverage     source-based coverage
                       gcc-release  gcc-asan
  test [FLAVOUR...]    build and run all tests (default: release, asan)
  fuzz [OPTIONS]       replay the corpus, then run every driver under both engines
                       --seconds N    in all (default 60)
                       --driver D     session, handle, server_pdu, client_pdu, ndr (default: all)
                       --engine E     libfuzzer, afl or both (default both)
                       --seed N       of the random choices (default: from the clock; printed)
  sweep [OPTIONS] [PATH...]
                       run every program of the corpus, or those, with every fault at every
                       point; ends with the table of sites. Goes on where it was interrupted.
                       Options as in `rundown --help`: --slice K/N, --jobs N, ...
  enumerate [OPTIONS]  run every program of up to -k N calls (default 3) over the alphabets of
                       corpus/alphabet, alone and with every single fault at every point;
                       --no-faults, --first, --jobs N
  score [OPTIONS]      plant every bug of tests/measure/bugs and let everything look for it: which tool finds
                       it, how soon, and what is lost without model, ledger, faults or mutator;
                       table, build/score/score.json and index.html (about an hour)
                       --seeds N, --seconds N, --ablation-seeds N, --bugs NN,NN..., --report
  mutate [OPTIONS] [PATH...]
                       change target/ at random, one place at a time: how many of the changes do
                       replay, sweep and enumerate notice?  --sample N|all, --seed S, --least P
  stress [NAME...]     real processes for minutes: deaths, abuse, throughput, soak (default: all); figures
                       in build/stress
                       --seed N          of the random choices (default: from the clock; printed)
                       --rounds N        of deaths (1000) or of throughput (10)
                       --cycles N --together N --peers N --seconds N     of abuse
                       --megabytes N     of throughput (2000)    --sessions N   of soak (1000000)
                       --flavour F       what is stressed (default release)
  replay [PATH...]     run the corpus, or programs and inputs, once under ASan + UBSan
  bench                measure speed on this machine
  install [PREFIX]     install library, headers, daemon and tool (default /usr/local)
  clean                remove build/ and findings/
  help                 this text

Exit code 0: nothing was found. 1: a finding, a failed test or a failed build. 2: wrong usage.
TXT
}

die() {
    printf 'build.sh: %s\n' "$*" >&2
    exit 1
}

usage_error() {
    printf 'build.sh: %s\nTry: ./build.sh help\n' "$*" >&2
    exit 2
}

# What is needed: a path or command that shows it is there, and the Debian package that has it.
readonly NEEDS_BUILD="
clang-14                          clang-14
/usr/lib/llvm-14/lib/clang        libclang-rt-14-dev
cmake                             cmake
ninja                             ninja-build
pkg-config                        pkg-config
ld                                binutils
python3                           python3
llvm-symbolizer-14                llvm-14
/usr/include/nettle/hmac.h        nettle-dev
/usr/include/crypt.h              libcrypt-dev
/usr/include/uv.h                 libuv1-dev
g++                               g++
"
readonly NEEDS_TEST="
/usr/include/cmocka.h             libcmocka-dev
gcc                               gcc
setpriv                           util-linux
perl                              perl
clang-format-14                   clang-format-14
clang-tidy-14                     clang-tidy-14
shellcheck                        shellcheck
/usr/lib/python3/dist-packages/impacket  python3-impacket
tshark                            tshark
valgrind                          valgrind
zip                               zip
patch                             patch
/usr/share/mingw-w64/include/ntdsbcli.h  mingw-w64-common
"
readonly NEEDS_FUZZ="
afl-fuzz                          afl++
afl-clang-fast                    afl++
"

readonly NEEDS_SCORE="
gnuplot                           gnuplot-nox
patch                             patch
"
readonly NEEDS_STRESS="
gnuplot                           gnuplot-nox
setpriv                           util-linux
perl                              perl
"
readonly NEEDS_MUTATE="
/usr/lib/llvm-14/include/clang-c/Index.h  libclang-14-dev
"

need() {
    local probe package missing=()
    while read -r probe package; do
        [ -n "$probe" ] || continue
        case "$probe" in
        /usr/lib/llvm-14/lib/clang) compgen -G "$probe/14*/lib/linux/libclang_rt.fuzzer-*.a" >/dev/null ;;
        /*) [ -e "$probe" ] ;;
        *) command -v "$probe" >/dev/null ;;
        esac || missing+=("$package")
    done <<<"$*"
    [ ${#missing[@]} -gt 0 ] || return 0
    mapfile -t missing < <(printf '%s\n' "${missing[@]}" | sort -u)
    if ! command -v apt-get >/dev/null; then
        die "missing here (names of the Debian packages): ${missing[*]}"
    fi
    local sudo=()
    if [ "$(id -u)" != 0 ]; then
        command -v sudo >/dev/null || die "missing, and neither root nor sudo to install them: ${missing[*]}"
        sudo=(sudo)
    fi
    printf 'Installing: %s\n' "${missing[*]}" >&2
    local log
    log=$(mktemp)
    if ! { "${sudo[@]}" apt-get update -q &&
        "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "${missing[@]}"; } >"$log" 2>&1; then
        tail -n 20 "$log" >&2
        rm -f "$log"
        die "could not install: ${missing[*]}"
    fi
    rm -f "$log"
}

build_flavour() {
    case " $FLAVOURS " in
    *" $1 "*) ;;
    *) usage_error "unknown flavour '$1'; there are: $FLAVOURS" ;;
    esac
    need "$NEEDS_BUILD"
    case "$1" in
    afl* | libfuzzer*) need "$NEEDS_FUZZ" ;;
    *) need "$NEEDS_TEST" ;;
    esac
    local log="build/$1.log"
    mkdir -p build
    printf 'Building %s ... ' "$1" >&2
    if ! { cmake --preset "$1" && cmake --build --preset "$1"; } >"$log" 2>&1; then
        printf 'failed\n' >&2
        grep -E -A6 'error|FAILED|warning:' "$log" | head -n 60 >&2 || tail -n 40 "$log" >&2
        die "the whole output is in $log"
    fi
    printf 'done\n' >&2
}

command_build() {
    [ $# -gt 0 ] || set -- release
    local flavour
    for flavour; do build_flavour "$flavour"; done
}

command_test() {
    [ $# -gt 0 ] || set -- release asan
    local flavour failed=0
    for flavour; do
        build_flavour "$flavour"
        [ -f "build/$flavour/CTestTestfile.cmake" ] || usage_error "flavour $flavour has no tests"
        # The runner's own lines are the evidence: nothing is filtered.
        ctest --test-dir "build/$flavour" --output-on-failure --no-tests=error -j "$(nproc)" || failed=1
    done
    return $failed
}

command_replay() {
    build_flavour asan
    bash fuzz/drivers/replay.sh build/asan "$@"
}

command_sweep() {
    build_flavour release
    local options=() path given=0
    for path; do
        # What does not begin with -- and is not the value of an option is a path.
        options+=("$path")
        [ -e "$path" ] && given=1
    done
    [ "$given" = 1 ] || options+=(--unreached faults/unreached.txt corpus/session corpus/regressions)
    build/release/rundown sweep --state build/sweep.state --findings findings "${options[@]}"
}

command_enumerate() {
    build_flavour release
    build/release/rundown enumerate --findings findings "$@" corpus/alphabet/*.txt
}

command_score() {
    need "$NEEDS_SCORE"
    command_build release asan libfuzzer afl
    bash tests/measure/score/score.sh "$@"
}

command_mutate() {
    need "$NEEDS_MUTATE"
    build_flavour release
    build_flavour asan
    bash tests/measure/mutants/mutate.sh "$@"
}

# The options of a stress script.
stress_options() {
    case "$1" in
    deaths) echo ' rounds seed ' ;;
    abuse) echo ' together cycles peers seconds seed ' ;;
    throughput) echo ' rounds megabytes ' ;;
    soak) echo ' sessions seed ' ;;
    esac
}

command_stress() {
    local flavour=release seed names=() name option known options=() own
    seed=$(($(date +%s) % 1000000))
    while [ $# -gt 0 ]; do
        case "$1" in
        deaths | abuse | throughput | soak) names+=("$1") && shift && continue ;;
        --*) [ $# -ge 2 ] || usage_error "stress: $1 needs a value" ;;
        *) usage_error "stress: unknown name '$1'; there are: deaths, abuse, throughput, soak" ;;
        esac
        case "$1" in
        --flavour) flavour=$2 ;;
        --seed) seed=$2 ;;
        *) options+=("${1#--}=$2") ;;
        esac
        shift 2
    done
    [ ${#names[@]} -gt 0 ] || names=(deaths abuse throughput soak)
    known=$(for name in "${names[@]}"; do stress_options "$name"; done)
    options+=("seed=$seed")
    for option in "${options[@]}"; do
        [[ $option =~ ^[a-z]+=[0-9]{1,9}$ ]] || usage_error "stress: --${option%%=*} takes a whole number, not '${option#*=}'"
        [[ $known == *" ${option%%=*} "* || $option == seed=* ]] || usage_error "stress: ${names[*]}: unknown option --${option%%=*}"
    done
    need "$NEEDS_STRESS"
    build_flavour "$flavour"
    for name in "${names[@]}"; do
        own=()
        for option in "${options[@]}"; do
            [[ $(stress_options "$name") != *" ${option%%=*} "* ]] || own+=("$option")
        done
        bash "tests/measure/stress/$name.sh" "build/$flavour" "${own[@]}"
    done
}

replay_all() {
    build_flavour asan
    bash fuzz/drivers/replay.sh build/asan
}

command_fuzz() {
    local seconds=60 driver=all engine=both seed=
    while [ $# -gt 0 ]; do
        [ $# -ge 2 ] || usage_error "fuzz: $1 needs a value"
        case "$1" in
        --seconds) seconds=$2 ;;
        --driver) driver=$2 ;;
        --engine) engine=$2 ;;
        --seed) seed=$2 ;;
        *) usage_error "fuzz: unknown option '$1'" ;;
        esac
        shift 2
    done
    [[ $seconds =~ ^[1-9][0-9]{0,6}$ ]] || usage_error "fuzz: --seconds takes a whole number from 1 on, not '$seconds'"
    [[ -z $seed || $seed =~ ^[0-9]{1,9}$ ]] || usage_error "fuzz: --seed takes a whole number, not '$seed'"
    case "$engine" in
    libfuzzer | afl) set -- "$engine" ;;
    both) set -- libfuzzer afl ;;
    *) usage_error "fuzz: --engine is libfuzzer, afl or both, not '$engine'" ;;
    esac
    case "$driver" in
    all | session | handle | server_pdu | client_pdu | ndr) ;;
    *) usage_error "fuzz: --driver is session, handle, server_pdu, client_pdu or ndr, not '$driver'" ;;
    esac
    replay_all
    command_build "$@"
    bash fuzz/drivers/campaign.sh "$seconds" "$driver" "${seed:-$(date +%s)}" "$@"
}

command_bench() {
    command_build release asan libfuzzer libfuzzer-plain afl
    bash tests/measure/speed/speed.sh
}

command_install() {
    build_flavour release
    cmake --install build/release --prefix "${1:-/usr/local}"
}

main() {
    local command=${1:-help}
    [ $# -eq 0 ] || shift
    case "$command" in
    build | test | fuzz | sweep | enumerate | score | mutate | stress | replay | bench | install) "command_$command" "$@" ;;
    clean) rm -rf build findings ;;
    help | --help | -h) usage ;;
    *) usage_error "unknown command '$command'" ;;
    esac
}

main "$@"
