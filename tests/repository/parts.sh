#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# parts.sh BUILD: no part of the house knows one above it, by an #include or by a call.
set -euo pipefail
cd "$(dirname "$0")/../.."
exec python3 tests/repository/parts.py "$(realpath "$1")" "$PWD"
