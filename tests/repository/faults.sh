#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# faults.sh BUILD: the tables of docs/faults.md are those of the program.
set -euo pipefail
cd "$(dirname "$0")/../.."
exec python3 tests/repository/faults.py "$(realpath "$1")/rundown" .
