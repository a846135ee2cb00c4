# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# The shell's side of variant.cmake, for the gate, the score card and the mutants. From the top folder.

# variants_configure FLAVOUR TREE OUT PROGRAMS OPTIONS FOLDER...: makes TREE the build tree of these variants of build/FLAVOUR,
# which is built, on the world of VARIANT_WORLD; what is made goes to FOLDER/OUT. PROGRAMS and OPTIONS are lists, separated by semicolons. What CMake says
# goes to TREE/log.
variants_configure() {
    local flavour=$1 tree=$2 out=$3 programs=$4 options=$5 folders IFS=';'
    shift 5
    folders="$*"
    mkdir -p "$tree"
    cmake --preset "$flavour" -B "$tree" -DRUNDOWN_VARIANTS_OF="$PWD/build/$flavour" -DRUNDOWN_VARIANTS="$folders" \
        -DRUNDOWN_VARIANT_OUT="$out" -DRUNDOWN_VARIANT_PROGRAMS="$programs" -DRUNDOWN_VARIANT_OPTIONS="$options" \
        -DRUNDOWN_VARIANT_WORLD="${VARIANT_WORLD:-}" -DRUNDOWN_VARIANT_SOURCES="${VARIANT_SOURCES:-}" >"$tree/log" 2>&1
}

# variants_build TREE [TARGET...]: all, or these targets, as many as build. Exit code 1: not all.
variants_build() {
    local tree=$1
    shift
    ninja -C "$tree" -k 0 "$@" >>"$tree/log" 2>&1
}
