# SPDX-License-Identifier: Apache-2.0
#
# Reads all mutants (mutate.sh --list), after argued.awk; fails if an entry of equivalent.txt fits none of them.

BEGIN { FS = "\t" }

{ is_argued($1, $5, $7, $4, $8) }

END {
    for (i = 1; i <= entry_count; i++) {
        if (!(i in fits)) {
            print "stale: " entries[i]
            stale++
        }
    }
    if (stale > 0)
        printf "%d entries of equivalent.txt fit no mutant, or lack an argument\n", stale
    exit stale > 0
}
