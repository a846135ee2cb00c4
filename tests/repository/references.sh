#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# references.sh BUILD: what documents, comments, heads of patches and help texts refer to is there.
set -euo pipefail
cd "$(dirname "$0")/../.."
exec python3 tests/repository/references.py "$1" .
