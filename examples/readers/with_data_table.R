# The table with data.table: Rscript with_data_table.R out/merged_data_rasters
library(data.table)
base <- commandArgs(TRUE)[1]

table <- fread(paste0(base, ".csv"))
cat("csv", nrow(table), format(mean(table$elevation, na.rm = TRUE), digits = 15), "\n")

table <- fread(cmd = paste0("zcat ", base, ".csv.gz"))
cat("csv.gz", nrow(table), format(mean(table$elevation, na.rm = TRUE), digits = 15), "\n")
