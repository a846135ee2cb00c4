#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# errnos.sh BUILD: the table of errnos (faults/seam/errnos.txt) knows each one that the manual pages of the wrapped calls name,
# and calls injected what is. Machines without the pages skip that part, but not in .ci/run.
set -euo pipefail
cd "$(dirname "$0")/../.."
status=0
python3 tests/repository/errnos.py "$(realpath "$1")/rundown" . /usr/share/man || status=$?
[ $status != 77 ] || [ -z "${CI_WHOLE:-}" ] || status=1
exit $status
