#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# allowed.sh BUILD > fuzz/model/ALLOWED.md
set -euo pipefail
export LC_ALL=C
cat <<'MD'
# What a call may return when a fault has hit it

Made by `bash fuzz/model/allowed.sh build/release > fuzz/model/ALLOWED.md` from the table that the model reads (`fuzz/model/allowed.def`).
The first row that fits is meant. *connecting*: functions with a server name; *in session*: functions with a handle;
*starting*: the service's start. *acted*: whether the server may have done what was asked; *association lost*: whether
later calls on the handle may answer `RPC_S_CALL_FAILED_DNE`. What is seen next decides between what is possible.

MD
"$1/rundown" allowed
