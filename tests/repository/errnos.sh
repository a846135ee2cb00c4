#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# errnos.sh BUILD: the table of errnos (faults/seam/errnos.txt) knows each one that the manual pages of the wrapped calls name,
# and calls injected what is. Where packages are installed without their pages, as in small images, the packages are fetched for
# that; where that fails, too, this part is skipped, but not in .ci/run.
set -euo pipefail
cd "$(dirname "$0")/../.."
build=$(realpath "$1")
pages=/usr/share/man
if [ ! -e $pages/man2/open.2.gz ] || [ ! -e $pages/man3/crypt.3.gz ]; then
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
    chmod 755 "$work" # apt fetches as a user of its own
    if (cd "$work" && apt-get download -q manpages-dev libcrypt-dev) >"$work/log" 2>&1; then
        for package in "$work"/*.deb; do dpkg-deb -x "$package" "$work"; done
        pages=$work/usr/share/man
    fi
fi
status=0
python3 -B tests/repository/errnos.py "$build/rundown" . "$pages" || status=$?
[ $status != 77 ] || [ -z "${CI_WHOLE:-}" ] || status=1
exit $status
