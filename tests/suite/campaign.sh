#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Whole campaigns, with stubs in place of engines: findings, failing programs, vanished engines, signals, a kill, terminals.
set -euo pipefail
cd "$(dirname "$0")"
exec python3 -B campaign/campaigns.py
