# estimates.tsv and runs.tsv of bench/memory.sh to Markdown: the matrix, its misses, what plans said of it, and the others
# beside weft on the first workload. Given: key, repeats, cpus.

$1 != key {next}
FILENAME ~ /estimates\.tsv$/ {estimate[$2, $3, $4, $5] = $6 / 1048576; next}
$5 == "peer" {
    peers[++peer_count] = $2
    peer_wall[$2] = $7; peer_cpu[$2] = $8 + $9; peer_mib[$2] = $10; peer_code[$2] = $11
    next
}
$6 > repeats {next}
{
    row = $2 SUBSEP $3
    cell = row SUBSEP $4 SUBSEP $5
    if (!(row in runs)) rows[++row_count] = row
    if (!(($4, $5) in columns)) {columns[$4, $5] = 1; column_names[++column_count] = $4 SUBSEP $5}
    if (!($2 in first)) first[$2] = $12
    runs[row]++; all++
    seconds += $13; row_seconds[row] += $7
    if ($10 > peak[cell]) peak[cell] = $10
    cell_runs[cell]++; cell_wall[cell] += $7; cell_cpu[cell] += $8 + $9
    why = ""
    if ($11 != 0) {why = "exit code " $11 ": " $14; broken[cell] = 1}
    else if ($10 > $3) why = "peak of " $10 " MiB"
    else if ($12 != first[$2]) why = "another output: " $12 ", not " first[$2]
    if (why != "") {
        misses[row]++; missed++
        failed[cell]++
        told[missed] = "- " $2 ", " $3 " MiB, threads " $4 ", " $5 ", repeat " $6 ": " why
    }
}

function print_matrix(i, j, part, cell, mark) {
    printf "\n| workload | limit MiB |"
    for (j = 1; j <= column_count; j++) {
        split(column_names[j], part, SUBSEP)
        printf " %s thread%s, %s |", part[1], part[1] == 1 ? "" : "s", part[2] == "in-memory" ? "in memory" : part[2]
    }
    printf " runs | misses | mean s |\n| --- | ---: |"
    for (j = 1; j <= column_count + 3; j++) printf " ---: |"
    printf "\n"
    for (i = 1; i <= row_count; i++) {
        split(rows[i], part, SUBSEP)
        printf "| %s | %s |", part[1], part[2]
        for (j = 1; j <= column_count; j++) {
            cell = rows[i] SUBSEP column_names[j]
            printf " %.1f%s |", peak[cell], failed[cell] ? " (missed)" : ""
        }
        printf " %d | %d | %.2f |\n", runs[rows[i]], misses[rows[i]], row_seconds[rows[i]] / runs[rows[i]]
    }
}

# Of cases whose runs all ended well: the estimate against the largest peak of the repeats.
function print_estimates(cell, part, ratio, least, most, cases, below, text) {
    for (cell in estimate) {
        if (!(cell in peak) || cell in broken || peak[cell] <= 0) continue
        ratio = estimate[cell] / peak[cell]
        if (cases == 0 || ratio < least) least = ratio
        if (ratio > most) most = ratio
        cases++
        if (ratio >= 1) continue
        below++
        split(cell, part, SUBSEP)
        text = text sprintf("- %s, %s MiB, threads %s, %s: an estimate of %.1f MiB, a peak of %.1f\n", part[1], part[2],
                            part[3], part[4], estimate[cell], peak[cell])
    }
    if (cases == 0) return
    printf "\nPlan's estimate / largest peak: %.3f to %.3f in %d cases; %d estimates below the peak.\n", least, most,
           cases, below
    if (below > 0) printf "\n%s", text
}

function print_line(name, wall, cpu, mib, base) {
    printf "| %s | %.1f | %.1f | %.0f | %.1f |\n", name, wall, cpu, mib, mib / base
}

function print_peers(i, cell, base) {
    base = peak["reproject" SUBSEP 256 SUBSEP 2 SUBSEP "streaming"]
    printf "\n| program | wall s | CPU s | peak MiB | peak / weft |\n| --- | ---: | ---: | ---: | ---: |\n"
    for (i = 96; i <= 1024; i = i == 96 ? 256 : i * 4) {
        cell = "reproject" SUBSEP i SUBSEP 2 SUBSEP "streaming"
        if (cell in cell_runs)
            print_line("weft, limit " i " MiB, 2 threads", cell_wall[cell] / cell_runs[cell],
                       cell_cpu[cell] / cell_runs[cell], peak[cell], base)
    }
    for (i = 1; i <= peer_count; i++)
        if (peer_code[peers[i]] == 0)
            print_line(peers[i] ", " cpus " threads", peer_wall[peers[i]], peer_cpu[peers[i]], peer_mib[peers[i]], base)
        else
            printf "| %s | failed with exit code %s | | | |\n", peers[i], peer_code[peers[i]]
}

END {
    printf "\n%d misses in %d runs, which took %.1f minutes. The largest peak of each case's repeats, in MiB:\n", missed,
           all, seconds / 60
    print_matrix()
    if (missed > 0) printf "\nMisses:\n\n"
    for (i = 1; i <= missed; i++) print told[i]
    print_estimates()
    printf "\nThe first workload to CSV, beside the others (peaks of the largest process; weft's wall and CPU seconds are means):\n"
    print_peers()
}
