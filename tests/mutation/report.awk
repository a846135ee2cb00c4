# SPDX-License-Identifier: Apache-2.0
#
# Reads results.tsv in order, after argued.awk; prints tables, survivors and the score, and fails if that is
# below -v least=PERCENT. -v seed and -v total (how many mutants there are) are only repeated.

BEGIN {
    FS = "\t"
    column_count = split("mutants invalid equivalent replay sweep enumerate argued survived", columns, " ")
}

function count(what) {
    cells["operator", $5, what]++
    cells["file", $1, what]++
    sums[what]++
}

function note_row(kind, name) {
    if (!((kind, name) in seen)) {
        seen[kind, name] = 1
        rows[kind, ++row_count[kind]] = name
    }
}

{
    note_row("operator", $5)
    note_row("file", $1)
    count("mutants")
    if ($8 == "killed") {
        judge = $9
        timeouts += sub(/ \(timeout\)$/, "", judge)
        count(judge)
    } else if ($8 == "survived" && is_argued($1, $2, $4, $5, $7)) {
        count("argued")
    } else {
        count($8)
        if ($8 == "survived")
            survivors[++survivor_count] = $1 ":" $2 ":" $3 " " $4 ": " $5 ": `" $6 "` -> `" $7 "`"
    }
}

function table(kind,   i, j) {
    printf "\n%-36s", kind
    for (j = 1; j <= column_count; j++)
        printf " %10s", columns[j]
    print ""
    for (i = 1; i <= row_count[kind]; i++) {
        printf "%-36s", rows[kind, i]
        for (j = 1; j <= column_count; j++)
            printf " %10d", cells[kind, rows[kind, i], columns[j]]
        print ""
    }
    printf "%-36s", "all"
    for (j = 1; j <= column_count; j++)
        printf " %10d", sums[columns[j]]
    print ""
}

END {
    table("operator")
    table("file")
    if (timeouts > 0)
        printf "\n%d of the killed ran out of time\n", timeouts
    if (survivor_count > 0)
        printf "\nsurvived:\n"
    for (i = 1; i <= survivor_count; i++)
        print "  " survivors[i]
    if (sums["argued"] > 0)
        printf "\n%d survived but are argued to be equivalent\n", sums["argued"]
    killed = sums["replay"] + sums["sweep"] + sums["enumerate"]
    counted = killed + survivor_count
    percent = counted > 0 ? 100 * killed / counted : 100
    printf "\nmutation score: %d of %d killed (%.1f %%), seed %s, sample %d of %d\n", killed, counted, percent,
        seed, NR, total
    if (percent < least) {
        printf "that is less than %s %%\n", least
        exit 1
    }
}
