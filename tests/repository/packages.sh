#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# The packages: `./build.sh package` makes them; they are installed, used and removed with dpkg, on an overlay of this
# machine's files in a mount namespace, so the machine stays as it is. The source archive is the commit's tree.
set -euo pipefail
export LC_ALL=C
if [ "${1:-}" != inside ]; then
    cd "$(dirname "$0")/../.."
    for tool in cpack dpkg-shlibdeps unshare git; do
        command -v "$tool" >/dev/null || { echo "skipped: $tool is not installed"; exit 77; }
    done
    [ "$(id -u)" -eq 0 ] || { echo "skipped: only root may install packages"; exit 77; }
    git rev-parse --git-dir >/dev/null 2>&1 || { echo "skipped: no checkout of git"; exit 77; }
    ./build.sh package
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
    tar -xzf build/packages/rundown-*.tar.gz -C "$work"
    git ls-tree -r --name-only HEAD | sort >"$work/expected"
    (cd "$work"/rundown-* && find . -type f -o -type l | sed 's|^\./||' | sort) | cmp - "$work/expected" ||
        { echo "not ok - the source archive is not the commit's tree"; exit 1; }
    echo "ok - the source archive is the commit's tree"
    cp build/packages/*.deb "$work"
    # A tmpfs, since an overlay cannot lie on an overlay.
    unshare --mount -- bash "$0" inside "$work"
    exit
fi

work=$2
fail() {
    echo "not ok - $*"
    exit 1
}
mkdir "$work/o"
mount -t tmpfs -o size=1g tmpfs "$work/o"
mkdir "$work"/o/{upper,work,root}
if ! mount -t overlay -o "lowerdir=/,upperdir=$work/o/upper,workdir=$work/o/work" overlay "$work/o/root" 2>/dev/null; then
    echo "skipped: no overlay can be mounted here"
    exit 77
fi
root=$work/o/root
mount -t proc proc "$root/proc"
mkdir "$root/packages" && cp "$work"/*.deb "$root/packages"
inside() { chroot "$root" "$@"; }

inside sh -c 'dpkg -i /packages/*.deb' >"$work/log" 2>&1 || { cat "$work/log" && fail "they are not installed"; }
packages=$(for file in "$work"/*.deb; do dpkg-deb --field "$file" Package; done)
[ "$(wc -w <<<"$packages")" -eq 4 ] || fail "there are four packages, not: $packages"
inside sh -c 'cd /usr/share/rundown && rundown run corpus/session corpus/regressions && rundown sweep --findings /tmp corpus/session/double-end.txt' \
    >"$work/log" 2>&1 || { cat "$work/log" && fail "the installed suite runs its corpus"; }
grep -qE '[1-9][0-9]* points, [1-9][0-9]* runs, .* 0 findings' "$work/log" || { tail "$work/log" && fail "the installed suite swept nothing"; }
echo "ok - the installed suite runs and sweeps the installed corpus"
inside dsbackup --version >/dev/null || fail "the tool"
inside ntdsbsrvd --version >/dev/null || fail "the daemon"
inside getent passwd ntdsbsrvd >/dev/null || fail "the service's user"
echo "ok - daemon, tool and the service's user are there"
printf '#include <windows.h>\n#include <ntdsbcli.h>\nint main(void) { return DsBackupEnd(NULL) == ERROR_INVALID_PARAMETER ? 0 : 1; }\n' >"$root/packages/user.c"
# shellcheck disable=SC2016 # for the inner shell
inside sh -c 'cc $(pkg-config --cflags ntdsbcli) /packages/user.c $(pkg-config --libs ntdsbcli) -o /packages/user && /packages/user' ||
    fail "a program builds with the package of headers and runs with that of the library"
echo "ok - a program builds with the package of headers and runs with that of the library"
for package in $packages; do
    dpkg-deb --field "$work/$package"_*.deb Depends | grep -q 'libc6' || [ "$package" = libntdsbcli-dev ] || fail "$package says what it needs"
done
dpkg-deb --field "$work"/rundown_*.deb Description | grep -qE 'Format of programs: [1-9][0-9]*\. Format of reports: [1-9][0-9]*\.' || fail "the versions of the formats"
echo "ok - they say what they need, and the versions of the formats"

# shellcheck disable=SC2086 # words
files=$(inside dpkg -L $packages | sort -u)
# shellcheck disable=SC2086
inside dpkg --purge $packages >"$work/log" 2>&1 || { cat "$work/log" && fail "they are not removed"; }
for file in $files; do
    [ -d "$root$file" ] || [ ! -e "$root$file" ] || fail "$file stays"
done
[ ! -e "$root/usr/share/rundown" ] || fail "/usr/share/rundown stays"
echo "ok - nothing stays but the user of the service and its store"
