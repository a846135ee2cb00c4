#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# report.sh DIRECTORY SUITE
#
# Makes of DIRECTORY/results.tsv (score.sh; rows of that suite and of the bugs as they are) a table on the terminal,
# score.json, and index.html with survival curves: which part of the bugs was not found after a time.
set -euo pipefail
export LC_ALL=C
readonly score=$1 suite=$2

# The rows that hold, one for each bug, tool and seed.
for file in tests/measure/bugs/[0-9]*.patch; do
    printf '%s-%s\n' "$suite" "$(md5sum <"$file" | cut -c 1-12)"
done >"$score/keys"
awk -F '\t' 'NR == FNR { holds[$1]; next } $1 in holds { row[$2, $3, $4] = $0 } END { for (r in row) print row[r] }' \
    "$score/keys" "$score/results.tsv" | sort -t '	' -k 2,4 >"$score/rows"
# Enumerating up to four calls is enumerating up to one, two, three and four.
awk -F '\t' -v OFS='\t' '$3 ~ /^enumerate-[1-4]$/ { sum[$2] += $6; if ($5 == "found" || !($2 in best)) { best[$2] = $0 } }
    END { for (b in best) { n = split(best[b], f, "\t"); f[3] = "enumerate"; f[6] = sum[b]
        for (i = 1; i <= 10; i++) printf "%s%s", f[i], (i < 10 ? OFS : "\n") } }' "$score/rows" >"$score/more"
cat "$score/more" >>"$score/rows"
[ -s "$score/rows" ] || { echo "report: no result of this suite" >&2; exit 1; }

# CONFIG FOUND BUGS RUNS-FOUND RUNS MEDIAN LOW HIGH EXECUTIONS TRIGGERED-ONLY NEVER-REACHED; times "-": censored.
awk -F '\t' '
    function shown(seconds) { return seconds < 1e9 ? seconds : "-" }
    function median(list, n) { return list[int((n + 1) / 2)] }
    function sort_numbers(list, n,   i, j, v) {
        for (i = 2; i <= n; i++) { v = list[i]; for (j = i - 1; j > 0 && list[j] > v; j--) list[j + 1] = list[j]; list[j + 1] = v }
    }
    {
        c = $3
        configs[c]; bugs[c, $2] += $5 == "found"; runs[c]++
        if ($5 == "found") hits[c]++
        time[c, runs[c]] = $5 == "found" ? $6 + 0 : 1e9
        if ($5 == "found" && $7 != "") executions[c, ++with_executions[c]] = $7 + 0
        if ($9 > 0 && $5 != "found") triggered[c, $2]
        if ($8 > 0) reached[c, $2]
    }
    END {
        for (c in configs) {
            n = found = only = never = 0
            for (key in bugs) {
                split(key, part, SUBSEP)
                if (part[1] != c) continue
                n++; found += bugs[key] > 0
                only += bugs[key] == 0 && (key in triggered)
                never += !(key in reached)
            }
            split("", t); for (i = 1; i <= runs[c]; i++) t[i] = time[c, i]
            sort_numbers(t, runs[c])
            split("", e); for (i = 1; i <= with_executions[c]; i++) e[i] = executions[c, i]
            sort_numbers(e, with_executions[c])
            printf "%s\t%d\t%d\t%d\t%d\t%s\t%s\t%s\t%s\t%d\t%d\n", c, found, n, hits[c], runs[c],
                shown(median(t, runs[c])), shown(t[1]), shown(t[runs[c]]),
                (with_executions[c] > 0 ? median(e, with_executions[c]) : "-"), only, never
        }
    }' "$score/rows" >"$score/summary.unsorted"

# Their order in every table.
order="replay sweep enumerate enumerate-1 enumerate-2 enumerate-3 enumerate-4 enumerate-3-alone libfuzzer afl without-model
without-ledger without-faults without-mutator without-judges baseline"
for config in $order; do
    awk -F '\t' -v c="$config" '$1 == c' "$score/summary.unsorted"
done >"$score/summary"

# "enumerate -k 3" is whatever it finds with up to three calls: the search stops at the least k.
awk -F '\t' -v OFS='\t' '/^enumerate-[1-4]\t/ { $2 = total += $2; if (bugs < $3) bugs = $3; $3 = bugs } { print }' \
    "$score/summary" >"$score/summary.sums" && mv "$score/summary.sums" "$score/summary"

title() {
    case $1 in
    enumerate) echo "enumerate" ;;
    enumerate-3-alone) echo "enumerate -k 3, no faults" ;;
    enumerate-*) echo "enumerate -k ${1#enumerate-}" ;;
    libfuzzer) echo "libFuzzer" ;;
    afl) echo "AFL++" ;;
    without-judges) echo "libFuzzer, sanitizers only" ;;
    without-mutator) echo "libFuzzer without mutator" ;;
    without-*) echo "libFuzzer without ${1#without-}" ;;
    baseline) echo "harness as usual, ASan+LSan" ;;
    *) echo "$1" ;;
    esac
}

seconds() { [ "$1" = - ] && echo "not" || printf '%.2f s' "$1"; }

printf '%-28s %9s %9s  %9s  %18s %11s %10s\n' "" bugs runs median range executions triggered
while IFS=$'\t' read -r config found bugs hits runs median low high executions only _; do
    printf '%-28s %4d / %2d %4d /%4d  %9s  %8s - %7s %11s %10s\n' "$(title "$config")" "$found" "$bugs" "$hits" "$runs" \
        "$(seconds "$median")" "$(seconds "$low")" "$(seconds "$high")" "$executions" "$only"
done <"$score/summary" | tee "$score/table.txt"
echo "median and range of the time to the first finding, over all bugs and seeds; \"not\": not within its time."
echo "executions: median of the runs that found the bug; triggered: bugs whose canary sang, and nobody noticed."

awk -F '\t' 'BEGIN { printf "{\n\"rows\": [\n" }
    { printf "%s{\"bug\": \"%s\", \"tool\": \"%s\", \"seed\": %d, \"found\": %s, \"seconds\": %s, \"executions\": %s, \"reached\": %s, \"triggered\": %s, \"verdict\": \"%s\"}",
        (NR > 1 ? ",\n" : ""), $2, $3, $4, $5 == "found" ? "true" : "false", $6, $7 != "" ? $7 : "null", $8, $9, $10 }
    END { printf "\n],\n" }' "$score/rows" >"$score/score.json"
awk -F '\t' 'function number(v) { return v == "-" ? "null" : v }
    BEGIN { printf "\"tools\": [\n" }
    { printf "%s{\"tool\": \"%s\", \"found\": %d, \"bugs\": %d, \"runs_found\": %d, \"runs\": %d, \"median_seconds\": %s, \"least_seconds\": %s, \"most_seconds\": %s, \"median_executions\": %s, \"triggered_only\": %d}",
        (NR > 1 ? ",\n" : ""), $1, $2, $3, $4, $5, number($6), number($7), number($8), number($9), $10 }
    END { printf "\n]\n}\n" }' "$score/summary" >>"$score/score.json"

# Survival: each run that found its bug is a step down.
curves=() line=0
for config in $order; do
    case $config in enumerate-[0-9]*) continue ;; esac
    awk -F '\t' -v c="$config" '$3 == c { n++; if ($5 == "found") print $6; } END { print "runs", n + 0 > "/dev/stderr" }' \
        "$score/rows" 2>"$score/runs" | sort -n >"$score/times"
    runs=$(cut -d ' ' -f 2 "$score/runs")
    [ "$runs" -gt 0 ] || continue
    awk -v n="$runs" 'BEGIN { print 0.01, 1 } { print ($1 > 0.01 ? $1 : 0.01), 1 - NR / n; last = 1 - NR / n }
        END { print 60, (NR > 0 ? last : 1) }' "$score/times" >"$score/curve-$config"
    line=$((line + 1))
    curves+=("'$score/curve-$config' with steps lw 2 dt $((line / 9 + 1)) title '$(title "$config")'")
done
gnuplot <<GNUPLOT
set terminal svg size 900,520 dynamic font 'sans-serif,13' background rgb 'white'
set output '$score/survival.svg'
set logscale x
set xrange [0.01:60]
set yrange [0:1.02]
set format y '%.1f'
set xlabel 'seconds on one core'
set ylabel 'part of the planted bugs (times seeds) not found'
set key outside right top
set grid
plot $(IFS=,; echo "${curves[*]}")
GNUPLOT

cell() { # BUG CONFIG: the runs that found it, of how many, and the median time
    awk -F '\t' -v b="$1" -v c="$2" '$2 == b && $3 == c { n++; f += $5 == "found"; if ($5 == "found") t[f] = $6; v = $10 != "" ? $10 : v; s += $9 > 0 }
        END {
            if (n == 0) { print "<td></td>"; exit }
            if (f == 0) { print "<td class=no>" (s > 0 ? "triggered" : "no") "</td>"; exit }
            printf "<td class=%s title=\"%s\">%s%.2f s</td>\n", (f == n ? "yes" : "some"), v, (n > 1 ? f "/" n " " : ""), t[int((f + 1) / 2)]
        }' "$score/rows"
}
{
    cat <<'HTML'
<!doctype html>
<meta charset="utf-8">
<title>Rundown: score card</title>
<style>
body { font: 15px/1.4 sans-serif; max-width: 1500px; margin: 2em auto; padding: 0 1em; color: #222 }
table { border-collapse: collapse; font-size: 13px } td, th { padding: 2px 7px; border-bottom: 1px solid #ddd; text-align: left; white-space: nowrap }
th { vertical-align: bottom } .yes { background: #d9f2d9 } .some { background: #fdf3c7 } .no { background: #f7d4d4 } pre { background: #f6f6f6; padding: 1em; overflow-x: auto }
</style>
<h1>Score card</h1>
<p>Planted bugs (<code>tests/measure/bugs</code>) and what finds them, each on one core up to its first finding.</p>
<pre>
HTML
    sed 's/&/\&amp;/g; s/</\&lt;/g' "$score/table.txt"
    echo '</pre><img src="survival.svg" alt="survival curves">'
    echo '<h2>Bug by bug</h2><p>Runs that found it, of all seeds; median time. Hover for the verdict. "triggered": the canary sang and nobody noticed.</p><table><tr><th>bug'
    for config in $order; do echo "<th>$(title "$config")"; done
    cut -f 2 "$score/rows" | sort -u | while read -r bug; do
        echo "<tr><td>$bug</td>"
        for config in $order; do cell "$bug" "$config"; done
    done
    echo '</table>'
} >"$score/index.html"
rm -f "$score"/{keys,more,summary.unsorted,times,runs}
echo "$score/score.json, $score/index.html"
