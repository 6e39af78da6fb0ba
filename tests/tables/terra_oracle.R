# Rows of points and of polygons against terra: extract() at points, nearest and bilinear, and under polygons with exact
# areas, of which every statistic follows by arithmetic.
#
#     Rscript terra_oracle.R WEFT SAMPLE FOLDER

suppressPackageStartupMessages(library(terra))
arguments <- commandArgs(trailingOnly = TRUE)
weft <- arguments[1]
sample <- arguments[2]
unlink(arguments[3], recursive = TRUE)
dir.create(arguments[3], recursive = TRUE)
setwd(arguments[3])
set.seed(33)

run <- function(name, datasets, rows) {
    writeLines(c(paste0("experiment: ", name), paste0("datasets: [", datasets, "]"), paste0("rows: {", rows, "}")),
               paste0(name, ".yml"))
    said <- system2(weft, c("run", "--progress", "none", paste0(name, ".yml")), stdout = TRUE, stderr = TRUE)
    if (!is.null(attr(said, "status"))) stop(name, ": exit ", attr(said, "status"), ": ", paste(said, collapse = "\n"))
    read.csv(paste0("out/merged_data_", name, ".csv"))
}

near <- function(what, got, want, tolerance) {
    wrong <- is.na(got) != is.na(want) | (!is.na(got) & !is.na(want) & abs(got - want) > tolerance * pmax(1, abs(want)))
    if (length(got) != length(want)) stop(what, ": ", length(got), " values, and there should be ", length(want))
    if (any(wrong)) {
        at <- which(wrong)[1]
        stop(what, ": row ", at, ": ", got[at], ", and it should be ", want[at], " (", sum(wrong), " rows differ)")
    }
}

# A raster of doubles with holes, of 120 x 90 pixels of 10 m.
noise <- rast(ncols = 120, nrows = 90, xmin = 500000, xmax = 501200, ymin = 4600000, ymax = 4600900, crs = "EPSG:32631")
values(noise) <- runif(ncell(noise), -100, 100)
full <- writeRaster(noise, "full.tif", datatype = "FLT8S", gdal = c("TILED=YES", "BLOCKXSIZE=32", "BLOCKYSIZE=32"))
noise[sample.int(ncell(noise), 800)] <- NA
holes <- writeRaster(noise, "holes.tif", datatype = "FLT8S", NAflag = -9999, gdal = c("TILED=YES", "BLOCKXSIZE=32", "BLOCKYSIZE=32"))

# Points: some lie off the raster. Bilinear is compared half a pixel from the edges, where both have four neighbours.
points <- data.frame(x = round(runif(3000, 499900, 501300), 3), y = round(runif(3000, 4599900, 4601000), 3))
write.csv(points, "points.csv", row.names = FALSE)
table <- run("points", "{name: near, path: holes.tif, method: nearest}, {name: between, path: full.tif, method: bilinear}",
             "of: points, path: points.csv, x: x, y: y, crs: EPSG:32631")
stopifnot(nrow(table) == 3000, sum(!is.na(table$near)) > 1500)
near("nearest", table$near, extract(holes, as.matrix(points))[, 1], 1e-12)
inside <- points$x > 500005 & points$x < 501195 & points$y > 4600005 & points$y < 4600895
stopifnot(sum(inside) > 1500)
near("bilinear", table$between[inside], extract(full, as.matrix(points), method = "bilinear")[inside, 1], 1e-9)

# Points of the sample, in longitudes and latitudes.
dem <- rast(file.path(sample, "dem.tif"))
places <- spatSample(as.polygons(ext(dem), crs = crs(dem)), 500)
lonlat <- crds(project(places, "EPSG:4326"))
write.csv(data.frame(lon = round(lonlat[, 1], 9), lat = round(lonlat[, 2], 9)), "lonlat.csv", row.names = FALSE)
table <- run("lonlat", paste0("{name: dem, path: \"", file.path(sample, "dem.tif"), "\", method: nearest}"),
             "of: points, path: lonlat.csv, x: lon, y: lat, crs: EPSG:4326")
back <- crds(project(vect(as.matrix(read.csv("lonlat.csv")), crs = "EPSG:4326"), crs(dem)))
near("points in another CRS", table$dem, extract(dem, back)[, 1], 1e-6)

# Polygons: stars with a hole, larger and smaller than pixels, over the edge too. terra's shares of pixels are single floats.
star <- function(x, y, radius, corners) {
    turn <- seq(0, 2 * pi, length.out = corners + 1)[-1]
    far <- radius * runif(corners, 0.5, 1)
    ring <- function(by) paste0("(", paste(sprintf("%.4f %.4f", x + by * c(far, far[1]) * cos(c(turn, turn[1])),
                                                   y + by * c(far, far[1]) * sin(c(turn, turn[1]))), collapse = ","), ")")
    paste0("POLYGON(", ring(1), if (runif(1) < 0.5) paste0(",", ring(0.4)), ")")
}
shapes <- vect(vapply(1:120, function(i) star(runif(1, 499950, 501250), runif(1, 4599950, 4600950),
                                              if (i %% 3 == 0) runif(1, 1, 6) else runif(1, 20, 150), sample.int(9, 1) + 2), ""),
               crs = "EPSG:32631")
shapes$id <- seq_len(nrow(shapes))
writeVector(shapes, "shapes.gpkg")
table <- run("polygons", "{name: v, path: holes.tif, method: [average, sum, min, max, stdev, count, p10, med]}",
             "of: polygons, path: shapes.gpkg, fields: id")
stopifnot(identical(table$id, seq_len(nrow(shapes))))
pixels <- extract(holes, shapes, exact = TRUE)
names(pixels) <- c("id", "value", "share")
pixels <- pixels[!is.na(pixels$value) & pixels$share > 0, ]
by_polygon <- function(fn) vapply(table$id, function(i) {
    own <- pixels[pixels$id == i, ]
    if (nrow(own) == 0) NA else fn(own$value, own$share)
}, 0)
mean_of <- function(v, w) sum(v * w) / sum(w)
near("average", table$v_average, by_polygon(mean_of), 1e-4)
near("sum", table$v_sum, by_polygon(function(v, w) sum(v * w)), 1e-4)
near("count", ifelse(table$v_count == 0, NA, table$v_count), by_polygon(function(v, w) sum(w)), 1e-4)
# terra's shares are off by some 1e-7 of a pixel, which tells in the deviation of a polygon that is a few of them large.
large <- !is.na(table$v_count) & table$v_count > 1
stopifnot(sum(large) > 60)
near("stdev", table$v_stdev[large], by_polygon(function(v, w) sqrt(sum(w * (v - mean_of(v, w))^2) / sum(w)))[large], 1e-4)

# An area that is a float may miss a sliver, and a quantile lies between those a little to either side.
quantile_of <- function(p) function(v, w) {
    order <- order(v)
    v[order][which(cumsum(w[order]) >= max(0, min(1, p)) * sum(w) - 1e-12)[1]]
}
between <- function(what, got, low, high) {
    if (any(is.na(got) != is.na(low)) || any(got < low | got > high, na.rm = TRUE)) stop(what, " is none of ", sum(!is.na(low)))
}
between("med", table$v_med, by_polygon(quantile_of(0.5 - 1e-5)), by_polygon(quantile_of(0.5 + 1e-5)))
between("p10", table$v_p10, by_polygon(quantile_of(0.1 - 1e-5)), by_polygon(quantile_of(0.1 + 1e-5)))
near("min", table$v_min, by_polygon(function(v, w) min(v)), 1e-12)
near("max", table$v_max, by_polygon(function(v, w) max(v)), 1e-12)
cat("terra", as.character(packageVersion("terra")), "agrees\n")
