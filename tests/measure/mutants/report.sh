#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# report.sh DIRECTORY SEED SAMPLE TOTAL LEAST
#
# Tables of DIRECTORY/results.tsv (mutants.sh), by operator and by file, and the survivors. Of these equivalent.txt explains
# some; an explanation of a mutant that no longer exists is an error.
set -euo pipefail
export LC_ALL=C
readonly work=$1 seed=$2 sample=$3 total=$4 least=$5 known=tests/measure/mutants/equivalent.txt

# FILE | FUNCTION | OPERATOR | ORIGINAL | REPLACEMENT | LINE of what is explained; mutants by the same key.
grep -v -e '^#' -e '^$' -e '^ ' "$known" | sed 's/ *$//' >"$work/explained" || true
awk -F '\t' '{ print $1 " | " $7 " | " $4 " | " $8 " | " $9 " | " $10 }' "$work/all.tsv" | sort -u >"$work/keys"
# Of the files that were looked at.
cut -d ' ' -f 1 "$work/keys" | sort -u >"$work/files"
stale=$(sort -u "$work/explained" | comm -23 - "$work/keys" | awk -v files="$work/files" '
    BEGIN { while ((getline file <files) > 0) seen[file] } $1 in seen')

awk -F '\t' -v OFS='\t' 'FILENAME == ARGV[1] { explained[$0]; next }
    { key = $1 " | " $4 " | " $5 " | " $6 " | " $7 " | " $11
      if ($8 == "survived" && key in explained) $8 = "equivalent"
      print }' "$work/explained" "$work/results.tsv" >"$work/judged.tsv"

table() { # COLUMN TITLE
    printf '%-34s %7s %7s %9s %7s %9s\n' "$2" mutants invalid same-code killed survived
    awk -F '\t' -v c="$1" '{ k = $c; n[k]++; o[k, $8]++ }
        END { for (k in n) printf "%-34s %7d %7d %9d %7d %9d\n", k, n[k], o[k, "invalid"], o[k, "same-code"] + o[k, "equivalent"],
            o[k, "killed"], o[k, "survived"] }' "$work/judged.tsv" | sort
}
table 5 operator
echo
table 1 file
echo
awk -F '\t' '$8 == "survived" { print $1 ":" $2 ":" $3 " " $4 ": " $5 ": `" $6 "` -> `" $7 "`" }' "$work/judged.tsv" | sort
awk -F '\t' -v seed="$seed" -v sample="$sample" -v total="$total" -v least="$least" '
    { n[$8]++; by[$9]++ }
    END {
        judged = n["killed"] + n["survived"]
        printf "%d invalid, %d the same code, %d argued equivalent; killed by replay %d, sweep %d, enumerate %d; by unit tests alone %d\n",
            n["invalid"], n["same-code"], n["equivalent"], by["replay"], by["sweep"], by["enumerate"], by["unit"]
        share = judged > 0 ? 100 * n["killed"] / judged : 0
        printf "mutation score: %d of %d killed (%.1f %%), seed %s, sample %d of %d\n", n["killed"], judged, share, seed, sample, total
        exit share < least || judged == 0
    }' "$work/judged.tsv" || status=$?
if [ -n "$stale" ]; then
    echo "FAILED: explained in $known, but no mutants any more:"
    echo "$stale"
    status=1
fi
exit "${status:-0}"
