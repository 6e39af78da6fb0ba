# Time and memory against the size of the table, a line a program; the fastest run of each.
# usage: gnuplot -e "data='FILE'; picture='FILE.png'" e2e.gnuplot
#
# SPDX-License-Identifier: MIT
set terminal pngcairo size 1560,520 font "sans,12" background "white"
set output picture
labels = "weft floor chain terra rioxarray"
titles = "weft floor gdalwarp+gdal2xyz terra rioxarray"
array colours[5] = ["#0b6e4f", "#9a9a9a", "#c0392b", "#2c5aa0", "#e08e0b"]
# Millions of cells, wall seconds, CPU seconds, MiB.
rows(label) = sprintf("< awk -F '\\t' '$2 == \"%s\" && $7 == 0 {print 43248 / $1 ^ 2, $3, $4 + $5, $6}' %s", label, data) \
    . " | sort -n -k1,1 -k2,2 | awk '$1 != last; {last = $1}'"
has(label) = int(system(sprintf("awk -F '\\t' '$2 == \"%s\" && $7 == 0 {n++} END {print n + 0}' %s", label, data)))
table(i) = has(word(labels, i)) ? rows(word(labels, i)) : "< echo 1e9 1e9 1e9 1e9"
set datafile separator whitespace
set logscale xy
set xlabel "cells of the grid, millions"
set xrange [2:160]
set xtics (2, 5, 10, 20, 50, 100)
set grid xtics ytics mxtics mytics lc rgb "#b8b8b8", lc rgb "#dddddd"
set border 3
set tics nomirror out
set key left top reverse Left
set multiplot layout 1,3
set yrange [1:5000]
set title "wall seconds, end to end"
plot for [i = 1:words(labels)] table(i) using 1:2 with linespoints lw 2 pt 7 ps 1.2 lc rgb colours[i] \
    title word(titles, i)
unset key
set title "CPU seconds"
plot for [i = 1:words(labels)] table(i) using 1:3 with linespoints lw 2 pt 7 ps 1.2 lc rgb colours[i]
set title "peak resident memory of the largest process, MiB"
set yrange [30:*]
set arrow from 2,256 to 160,256 nohead dt 2 lc rgb "#0b6e4f"
set label "weft's limit, 256 MiB" at 2.2,290 tc rgb "#0b6e4f"
plot for [i = 1:words(labels)] table(i) using 1:4 with linespoints lw 2 pt 7 ps 1.2 lc rgb colours[i]
unset multiplot
