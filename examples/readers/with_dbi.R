# The table with DBI and RSQLite: Rscript with_dbi.R out/merged_data_rasters
library(DBI)
base <- commandArgs(TRUE)[1]

table <- dbGetQuery(dbConnect(RSQLite::SQLite(), paste0(base, ".sqlite")), "select * from cells")
cat("sqlite", nrow(table), format(mean(table$elevation, na.rm = TRUE), digits = 15), "\n")
