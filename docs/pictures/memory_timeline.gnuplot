# Memory of one run over its time, and the sizes that followed it.
# usage: gnuplot -e "place='FOLDER'; picture='FILE.png'" memory_timeline.gnuplot    (memory_timeline.sh makes FOLDER)
#
# SPDX-License-Identifier: MIT
set terminal pngcairo size 1100,900 font "sans,12" background "white"
set output picture
stats place."/memory" using 1 nooutput
set xrange [0:ceil(STATS_max)]
set border 3
set tics nomirror out
set grid ytics lc rgb "#dddddd"
set key outside right top Left reverse
set lmargin 12
set rmargin 30
set multiplot layout 3,1

set title "what the fullest probe sees, % of its limit" offset 0,-0.5
set yrange [0:100]
set object 1 rectangle from graph 0, first 80 to graph 1, first 90 fc rgb "#fdebd0" fs solid noborder behind
set object 2 rectangle from graph 0, first 90 to graph 1, first 100 fc rgb "#f5b7b1" fs solid noborder behind
set ytics (0, 20, 40, "quiet 70" 70, "warning 80" 80, "critical 90" 90)
level(name) = sprintf("< awk '$3 == \"%s\"' %s/alerts", name, place)
plot place."/usage" using 1:2 with lines lw 2 lc rgb "#2c5aa0" title "usage", \
    level("warning") using 1:2 with points pt 7 ps 1.4 lc rgb "#e08e0b" title "alert: warning", \
    level("critical") using 1:2 with points pt 7 ps 1.4 lc rgb "#c0392b" title "alert: critical", \
    level("recovered") using 1:2 with points pt 7 ps 1.4 lc rgb "#0b6e4f" title "alert: recovered"

unset object 1
unset object 2
set title "weft's own memory, MiB"
set ytics autofreq
set yrange [0:200]
plot 192 with lines dt 2 lc rgb "#c0392b" title "memory.limit", \
    place."/memory" using 1:2 with lines lw 2 lc rgb "#0b6e4f" title "resident (memory\\_gb)", \
    place."/memory" using 1:3 with lines lw 2 lc rgb "#9a9a9a" title "ledger (ledger\\_gb)"

set title "adaptations, % of what the plan gave"
set xlabel "seconds since the run began"
set yrange [0:110]
plot place."/window_size" using 1:2 with steps lw 2 lc rgb "#2c5aa0" title "window\\_size", \
    place."/chunk_size" using 1:2 with steps lw 2 lc rgb "#e08e0b" title "chunk\\_size", \
    place."/block_cache_bytes" using 1:2 with steps lw 2 lc rgb "#0b6e4f" title "block\\_cache\\_bytes"
unset multiplot
