# The job of bench/e2e.yml with terra: each raster projected onto the grid, all stacked, one table written.
# usage: Rscript terra.R CACHE RESOLUTION OUT.csv
#
# SPDX-License-Identifier: MIT
suppressPackageStartupMessages(library(terra))
arguments <- commandArgs(trailingOnly = TRUE)
cache <- arguments[1]
resolution <- as.numeric(arguments[2])
grid <- rast(xmin = 4147000, xmax = 4351000, ymin = 2882000, ymax = 3094000, resolution = resolution, crs = "EPSG:3035")
methods <- c(elevation = "bilinear", canopy = "average", cover = "near", rain = "bilinear", warmth = "cubic")
layers <- lapply(names(methods), function(name) {
    project(rast(file.path(cache, paste0(name, ".tif"))), grid, method = methods[[name]], threads = TRUE)
})
table <- as.data.frame(setNames(rast(layers), names(methods)), xy = TRUE, na.rm = FALSE)
if (requireNamespace("data.table", quietly = TRUE)) {
    data.table::fwrite(table, arguments[3])
} else {
    write.csv(table, arguments[3], row.names = FALSE, na = "")
}
