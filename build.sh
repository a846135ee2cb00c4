#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# The one front door. `./build.sh help` lists what it does. A command installs the packages that it needs and
# that are missing, on Debian and Ubuntu (root or sudo), and lists them with the reason; elsewhere it only lists
# them. `./build.sh deps` lists them beforehand.
set -euo pipefail
cd "$(dirname "$0")"
export LC_ALL=C
# shellcheck source=cmake/owned.sh
. cmake/owned.sh
# shellcheck source=cmake/needs.sh
. cmake/needs.sh
# shellcheck source=cmake/flavours.sh
. cmake/flavours.sh

readonly FLAVOURS="release asan msan tsan libfuzzer afl coverage gcc-release gcc-asan clang-16 clang-19 libfuzzer-plain libfuzzer-cmp afl-plain afl-cmplog afl-laf"

usage() {
    cat cmake/build.txt
}

die() {
    printf 'build.sh: %s\n' "$*" >&2
    exit 1
}

usage_error() {
    printf 'build.sh: %s\nTry: ./build.sh help\n' "$*" >&2
    exit 2
}

command_build() {
    [ $# -gt 0 ] || set -- release
    local flavour
    for flavour; do build_flavour "$flavour"; done
}

# Runs tests of a flavour; their results go to build/FLAVOUR/ctest.xml for tests/summary.py.
run_tests() { # FLAVOUR [CTEST-OPTION...]
    local flavour=$1
    shift
    rm -f "build/$flavour/ctest.xml"
    # The runner's own lines are the evidence: nothing is filtered.
    ctest --test-dir "build/$flavour" --output-on-failure --no-tests=error -j "$(nproc)" \
        --output-junit ctest.xml --test-output-size-passed 1000000 "$@"
}

# Prints what failed and what was skipped, and why, of these flavours; ends with "N passed, N failed, N skipped".
summarise() { # FLAVOUR...
    local files=()
    printf '\n'
    mapfile -t files < <(printf 'build/%s/ctest.xml\n' "$@")
    python3 tests/summary.py "${files[@]}"
}

# Tests of threads, which ThreadSanitizer is for, and the programs that they need.
readonly THREADS='^(e2e/threads|unit/(api_threads|handle_table|rpc_binding_cancel))$'
readonly THREAD_PROGRAMS="ntdsbsrvd dsbackup shared_handles end_during_read test_api_threads test_handle_table test_rpc_binding_cancel"

command_test() {
    local flavour unlike=(-LE '^ci$') threads=()
    [ "${1:-}" != --ci ] || { unlike=() && shift; }
    [ $# -gt 0 ] || { set -- release asan && threads=(tsan); }
    WITH_TESTS=1
    for flavour; do
        case $flavour in libfuzzer* | afl*) usage_error "flavour $flavour has no tests" ;; esac
    done
    command_build "$@"
    # shellcheck disable=SC2086 # several programs
    for flavour in "${threads[@]}"; do build_flavour "$flavour" $THREAD_PROGRAMS; done
    for flavour; do run_tests "$flavour" "${unlike[@]}" || true; done
    for flavour in "${threads[@]}"; do run_tests "$flavour" -R "$THREADS" || true; done
    [ ${#unlike[@]} -eq 0 ] || printf '\nNot run here, but by .ci/run: %s; the corpus in every other flavour; the campaign\n' \
        "$(ctest --test-dir "build/$1" -N -L '^ci$' | sed -n 's/^ *Test *#[0-9]*: //p' | paste -s -d ' ')"
    summarise "$@" "${threads[@]}"
}

# Programs as bytes, for drivers that are no replay.
pack_seeds() { # FOLDER
    rm -rf "$1"
    mkdir -p "$1"
    build/release/rundown pack "$1" corpus/session/*.txt corpus/regressions/*.txt
}

# Builds what the corpus needs in a flavour, and runs it; the last line counts.
corpus_in() { # FLAVOUR
    local flavour=$1 sanitizer engine
    case $flavour in
    oss-fuzz-*)
        IFS=- read -r sanitizer engine <<<"${flavour#oss-fuzz-}"
        engine=${engine:-libfuzzer}
        printf 'Building %s\n' "$flavour" >&2
        bash fuzz/drivers/oss_fuzz.sh build/oss-fuzz "$sanitizer" "$engine" >"build/$flavour.log" 2>&1 ||
            { tail -n 30 "build/$flavour.log" >&2 && return 1; }
        python3 fuzz/drivers/oss_fuzz_check.py "build/oss-fuzz/out-$sanitizer-$engine" "$sanitizer" "$engine"
        ;;
    *)
        (build_for_corpus "$flavour") || return
        bash fuzz/drivers/corpus.sh "$flavour" "build/$flavour" build/seeds
        ;;
    esac
}

command_flavours() {
    local flavour sum log=build/flavours.log
    [ $# -gt 0 ] || set -- msan tsan coverage gcc-release gcc-asan clang-16 clang-19 libfuzzer libfuzzer-plain libfuzzer-cmp afl afl-plain \
        oss-fuzz-address oss-fuzz-memory oss-fuzz-undefined oss-fuzz-coverage oss-fuzz-address-afl
    claim flavours
    build_flavour release rundown
    pack_seeds build/seeds
    : >"$log"
    for flavour; do
        corpus_in "$flavour" | tee -a "$log" || true
        [[ $(tail -n 1 "$log") == "corpus in $flavour: "* ]] ||
            printf 'corpus in %s: 0 passed, 1 failed, 0 skipped: did not run to its end\n' "$flavour" | tee -a "$log"
    done
    sum=$(awk '/^corpus in / { for (i = 2; i <= NF; i++) { if ($i ~ /^passed/) p += $(i - 1); if ($i ~ /^failed/) f += $(i - 1); if ($i ~ /^skipped/) s += $(i - 1) } }
        END { printf "%d passed, %d failed, %d skipped", p, f, s }' "$log")
    printf '\n%s\n' "$sum"
    [[ $sum == *", 0 failed, "* && $sum != "0 passed"* ]]
}

# The programs that these tests run; "all" for scripts that may run any program.
programs_of() { # FLAVOUR CTEST-OPTION...
    ctest --test-dir "build/$1" -N --show-only=json-v1 "${@:2}" | python3 -c '
import json, os, sys
build = os.path.abspath(sys.argv[1]) + os.sep
# A program that has never been built has no command yet.
programs = [test.get("command", [""])[0] for test in json.load(sys.stdin)["tests"]]
inside = {os.path.relpath(p, build) for p in programs if p.startswith(build)}
print(" ".join(sorted(inside)) if all(p.startswith(build) for p in programs) else "all")' "build/$1"
}

command_check() {
    [ $# -le 1 ] || usage_error "check: one regular expression, or none"
    local options=(-L '^(unit|world|contract|suite|corpus)$' -LE '^(slow|ci|bugs)$') programs
    [ $# -eq 0 ] || options+=(-R "$1")
    WITH_TESTS=1
    mkdir -p build
    configure release >build/release.log 2>&1 || { tail -n 20 build/release.log >&2 && die "the whole output is in build/release.log"; }
    read -ra programs < <(programs_of release "${options[@]}")
    [ ${#programs[@]} -gt 0 ] || die "check: no quick test has a name that matches '${1:-}'"
    build_flavour release "${programs[@]}"
    run_tests release "${options[@]}" --quiet || true
    summarise release
}

command_lint() {
    [ $# -eq 0 ] || [ "$*" = --all ] || usage_error "lint: --all, or nothing"
    build_flavour release
    bash tests/repository/clang_tidy.sh build/release "$@"
}

command_plant() {
    [[ $# -eq 1 && $1 =~ ^[0-9]{1,3}$ ]] || usage_error "plant: the number of a bug"
    bash tests/measure/bugs/plant.sh "$1"
}

command_tour() {
    [ $# -eq 0 ] || usage_error "tour: no arguments"
    claim tour
    build_flavour release rundown
    bash tests/measure/tour/tour.sh
}

command_deps() {
    local install=0 known=' build gcc clang afl check test plant score stress mutate package report tour ci ' name
    [ "${1:-}" != --install ] || { install=1 && shift; }
    for name; do [[ $known == *" $name "* ]] || usage_error "deps: '$name' is none of$known"; done
    if [ $install = 1 ]; then needs_install "$@" && needs_show "$@"; else needs_show "$@"; fi
}

command_replay() {
    build_for_corpus asan
    bash fuzz/drivers/replay.sh build/asan "$@"
}

command_sweep() {
    claim sweep
    build_flavour release rundown
    # Without a path it sweeps the corpus; which argument is one is its own business.
    local status=0
    build/release/rundown sweep --state build/sweep.state --findings findings --json build/sweep.json "$@" || status=$?
    # The wire has no part in what was asked for by a path or an option, nor in what was interrupted.
    [ $# -eq 0 ] && [ $status -lt 128 ] || return $status
    build/release/rundown fields --json build/fields.json >build/fields.txt || status=$?
    # Its table of fields is for those who ask for it.
    sed '/^\(to\|server\|client\) /d' build/fields.txt
    return $status
}

command_examples() {
    local script=run.sh
    if [ "${1:-}" = --calls ]; then
        [ $# -eq 1 ] || usage_error "examples: no such option: $2"
        python3 -B examples/libraries/calls/calls.py
        return
    fi
    [ "${1:-}" != --compare ] || { script=compare/compare.sh && shift; }
    [ $# -eq 0 ] || usage_error "examples: no such option: $1"
    claim examples
    configure release
    local programs
    mapfile -t programs < <(sed -n 's/^example(\([^ ]*\) .*/library_\1/p' examples/libraries/CMakeLists.txt)
    build_flavour release "${programs[@]}"
    bash "examples/libraries/$script" build/release
}

command_leaks() {
    local flavour=asan
    [ "${1:-}" != --flavour ] || { [ $# -ge 2 ] || usage_error "leaks: --flavour needs a value"; flavour=$2 && shift 2; }
    claim leaks
    build_flavour "$flavour" rundown
    build_flavour release ntdsbsrvd dsbackup stress_load heap_count
    bash tests/measure/leaks/leaks.sh "build/$flavour/rundown" build/release build/leaks "$@"
}

command_enumerate() {
    build_flavour release rundown
    build/release/rundown enumerate --findings findings --json build/enumerate.json "$@" corpus/alphabet/*.txt
}

command_score() {
    claim score
    build_flavour release rundown
    build_flavour asan rundown
    command_build libfuzzer afl
    bash tests/measure/score/score.sh "$@"
}

command_mutate() {
    claim mutate
    WITH_TESTS=1
    command_build release asan
    bash tests/measure/mutants/mutants.sh "$@"
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
    claim stress
    build_flavour "$flavour" ntdsbsrvd dsbackup stress_abuse stress_copy stress_load stress_session
    for name in "${names[@]}"; do
        own=()
        for option in "${options[@]}"; do
            [[ $(stress_options "$name") != *" ${option%%=*} "* ]] || own+=("$option")
        done
        bash "tests/measure/stress/$name.sh" "build/$flavour" "${own[@]}"
    done
}

# Campaigns and their corpora: fuzz/campaign, which reads the options.
campaign() { # COMMAND [OPTION...]
    python3 -B -m fuzz.campaign "$@"
}

# Takes a lock and builds where the option --build-dir says.
claim_campaign() { # [OPTION...]
    local previous='' word
    for word; do
        [ "$previous" != --build-dir ] || BUILD=$word
        [[ $word != --build-dir=* ]] || BUILD=${word#*=}
        previous=$word
    done
    claim campaign "$BUILD"
}

command_fuzz() {
    local flavour flavours
    flavours=$(campaign flavours "$@")
    claim_campaign "$@"
    for flavour in asan $flavours; do build_for_corpus "$flavour"; done
    campaign fuzz "$@"
}

command_corpus() {
    claim_campaign "$@"
    build_for_corpus asan
    [[ " $* " != *" minimise "* ]] || build_for_corpus libfuzzer
    campaign corpus "$@"
}

command_bench() {
    local flavour
    [ $# -eq 0 ] || [ "$*" = --quick ] || usage_error "bench: --quick, or nothing"
    command_build release asan libfuzzer libfuzzer-plain afl
    for flavour in release asan; do build_flavour "$flavour" library_hiredis; done
    bash tests/measure/speed/speed.sh "$@"
}

command_coverage() {
    case "$*" in '' | --no-tests | --floors | --list) ;; *) usage_error "coverage: --no-tests, --floors or --list" ;; esac
    claim coverage
    if [ $# -gt 0 ]; then build_for_corpus coverage && build_flavour coverage rundown_tool rundown_daemon; else WITH_TESTS=1 && build_flavour coverage; fi
    bash tests/measure/coverage/coverage.sh build/coverage "$@"
}

command_report() {
    python3 -B -m fuzz.report "$@"
}

command_install() {
    [ $# -le 1 ] || usage_error "install: a folder, or none"
    build_flavour release
    cmake --install build/release --prefix "${1:-/usr/local}"
}

command_package() {
    [ $# -eq 0 ] || usage_error "package: no arguments"
    local version out=$PWD/build/packages
    build_flavour release
    version=$(sed -n 's/^CMAKE_PROJECT_VERSION:STATIC=//p' build/release/CMakeCache.txt)
    rm -rf "$out"
    mkdir -p "$out"
    cpack --config build/release/CPackConfig.cmake -B "$out" >build/package.log 2>&1 || { tail -n 20 build/package.log >&2 && die "the whole output is in build/package.log"; }
    rm -rf "$out/_CPack_Packages"
    git archive --prefix="rundown-$version/" HEAD 2>>build/package.log | gzip -n >"$out/rundown-$version.tar.gz" ||
        die "a source archive is made in a checkout of git; see build/package.log"
    (cd "$out" && sha256sum -- *)
}

main() {
    local command=${1:-help} groups
    # The builders of OSS-Fuzz and ClusterFuzzLite call without a command.
    if [ $# -eq 0 ] && [ -n "${LIB_FUZZING_ENGINE:-}" ] && [ -n "${OUT:-}" ]; then
        exec bash fuzz/drivers/oss_fuzz_build.sh
    fi
    case "$command" in
    deps) command_deps "${@:2}" ;;
    clean) rm -rf build findings ;;
    help | --help | -h) usage ;;
    *)
        if ! [[ $command =~ ^[a-z]+$ ]] || ! declare -F "command_$command" >/dev/null; then
            usage_error "unknown command '$command'"
        fi
        # In front of everything else: sudo may ask for a password on the terminal.
        read -ra groups < <(needs_of "$@" | paste -s -d ' ')
        needs_install "${groups[@]}"
        # The tour is on the terminal, too.
        [ "$command" = tour ] || own ./build.sh "$@"
        "command_$command" "${@:2}"
        ;;
    esac
}

main "$@"
