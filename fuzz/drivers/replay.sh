#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# replay.sh BUILD [--driver D] [--verbose] [PATH...]
#
# Runs the whole corpus and its known issues, or what the paths stand for, once: programs, inputs, saved findings, folders of
# them. Strict: a path that is missing, empty or unreadable fails.
set -euo pipefail
readonly build=$1
shift
exec "$build/rundown" replay "$@"
