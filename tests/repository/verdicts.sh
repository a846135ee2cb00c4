#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# verdicts.sh BUILD: docs/verdicts.md, planted bugs and sources name the verdicts that there are.
set -euo pipefail
cd "$(dirname "$0")/../.."
exec python3 tests/repository/verdicts.py "$(realpath "$1")/rundown" .
