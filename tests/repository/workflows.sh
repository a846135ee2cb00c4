#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# The files for CI are what their services take: workflows of GitHub by action-validator, GitLab's by the schema of
# GitLab. Both validators come from npm, pinned by their digests; without network the test is skipped. Each validator is
# also shown a file that is wrong.
set -euo pipefail
export LC_ALL=C
top=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
command -v npm >/dev/null || { echo "skipped: npm is not installed"; exit 77; }
# The package that carries the schema needs a compiler for the rest of it: only its files are taken.
readonly schema_package=gitlab-ci-local@4.56.2
readonly schema_digest=fcf31dc955aa7cb92f6fa37e6087bccb3d387e307e286813682a8a64d338677fad0c5a51b8c92d08668e6e64ebca211d5c4e61aa8e25fbc6e763defbdefb1490

cp "$top"/tests/repository/workflows/* "$work"
cd "$work"
if ! { npm ci --ignore-scripts --no-audit --no-fund && npm pack "$schema_package"; } >log 2>&1; then
    tail -n 5 log
    echo "skipped: npm has no network"
    exit 77
fi
sha512sum --check --status <<<"$schema_digest  ${schema_package/@/-}.tgz" || { echo "not ok - $schema_package is not what was pinned"; exit 1; }
tar -xzf "${schema_package/@/-}.tgz"

valid() { # FILE
    case $1 in
    *gitlab*) node gitlab.mjs "$work/package/src/schema/schema.js" "$1" ;;
    *) node_modules/.bin/action-validator "$1" ;;
    esac
}
for file in "$top"/.github/workflows/*.yml "$top"/examples/ci/*.yml; do
    valid "$file" || { echo "not ok - ${file#"$top"/}"; exit 1; }
    echo "ok - ${file#"$top"/}"
done
sed 's/timeout-minutes: 45/timeout-minutes: long/' "$top/examples/ci/github.yml" >wrong.yml
sed 's/when: always/when: sometimes/' "$top/examples/ci/gitlab.yml" >wrong-gitlab.yml
for file in "$work"/wrong*.yml; do
    ! valid "$file" >log 2>&1 || { echo "not ok - $(basename "$file") is taken"; exit 1; }
    echo "ok - $(basename "$file") is refused"
done
