#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# The parts of a campaign: what recorded logs of the engines say, which jobs run when, what a verdict is made of.
set -euo pipefail
cd "$(dirname "$0")"
exec python3 -B campaign/units.py
