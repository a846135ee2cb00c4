#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# language.sh BUILD: docs/language.md agrees with the parser and the printer.
set -euo pipefail
cd "$(dirname "$0")/../.."
exec python3 tests/repository/language.py "$(realpath "$1")/rundown" .
