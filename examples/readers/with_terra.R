# The aligned rasters with terra: Rscript with_terra.R out/merged_data_rasters
library(terra)
base <- commandArgs(TRUE)[1]

stack <- rast(paste0(base, ".tif"))
cat("geotiff", ncell(stack), format(global(stack[["elevation"]], "mean", na.rm = TRUE)[1, 1], digits = 15), "\n")

stack <- rast(paste0(base, ".cog.tif"))
cat("cog", ncell(stack), format(global(stack[["elevation"]], "mean", na.rm = TRUE)[1, 1], digits = 15), "\n")
