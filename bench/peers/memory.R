# The job of bench/memory/reproject.yml with terra: the raster projected onto the grid, and the table written.
# usage: Rscript memory.R RASTER OUT.csv
#
# SPDX-License-Identifier: MIT
suppressPackageStartupMessages(library(terra))
arguments <- commandArgs(trailingOnly = TRUE)
grid <- rast(xmin = 4137920, xmax = 4544160, ymin = 2893920, ymax = 3300160, resolution = 160, crs = "EPSG:3035")
value <- project(rast(arguments[1]), grid, method = "bilinear", threads = TRUE)
table <- as.data.frame(setNames(value, "value"), xy = TRUE, na.rm = FALSE)
if (requireNamespace("data.table", quietly = TRUE)) {
    data.table::fwrite(table, arguments[2])
} else {
    write.csv(table, arguments[2], row.names = FALSE, na = "")
}
