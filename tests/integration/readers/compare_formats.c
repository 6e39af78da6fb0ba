/* A table as CSV beside the same table in other formats, row by row, so that neither's size matters: what SQLite and
 * GDAL read there, and what another reader sends as doubles, is what the CSV's text says, or it ends with 1.
 *
 * usage: compare_formats TYPES CSV READER..
 *
 *   TYPES           a letter a column of the CSV: f, values are float32; d, they are numbers that a double holds
 *   sqlite=FILE     the table `cells`
 *   raster=FILE     a band a column after x and y; a cell's is the value where its x and y lie, nodata is missing
 *   doubles=NAME    standard input: a row's values as doubles, NaN for a missing one; NAME is for messages
 *
 * SPDX-License-Identifier: MIT */
#include <gdal.h>
#include <math.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_COLUMNS 64
#define MAX_READERS 8
#define STRIP_ROWS  256

typedef struct csv_table {
    FILE *file;
    char *line;
    size_t capacity;
    int columns;
    const char *types;
    int64_t rows;
    double values[MAX_COLUMNS];
} csv_table;

typedef struct reader reader;

struct reader {
    const char *name;
    /* The values of the row that the CSV stands at; false: there is none. Without `values`: is there another row? */
    bool (*next)(reader *self, const csv_table *csv, double *values);
    sqlite3 *database;
    sqlite3_stmt *statement;
    GDALDatasetH dataset;
    double place[6], nodata[MAX_COLUMNS];
    int cols, rows, bands, first_row;
    double *strip; /* STRIP_ROWS rows of each band, from first_row on */
};

static void give_up(const char *name, const char *why) {
    fprintf(stderr, "compare_formats: %s: %s\n", name, why);
    exit(2);
}

/* --- the CSV --- */

static bool next_line(csv_table *self) {
    ssize_t length = getline(&self->line, &self->capacity, self->file);
    if (length > 0 && self->line[length - 1] == '\n') self->line[length - 1] = '\0';
    return length >= 0;
}

static void csv_open(csv_table *self, const char *path, const char *types) {
    self->types = types;
    self->columns = (int)strlen(types);
    self->file = fopen(path, "r");
    if (self->file == NULL || !next_line(self)) give_up(path, "cannot be read");
    int names = 1;
    for (const char *at = self->line; *at != '\0'; at++)
        names += *at == ',';
    if (names != self->columns || names > MAX_COLUMNS) give_up(path, "has another number of columns");
}

static bool csv_next(csv_table *self) {
    if (!next_line(self)) return false;
    char *at = self->line;
    for (int i = 0; i < self->columns; i++) {
        char *end = at;
        bool is_float = self->types[i] == 'f', missing = *at == ',' || *at == '\0';
        self->values[i] = missing ? (double)NAN : is_float ? (double)strtof(at, &end) : strtod(at, &end);
        if (*end != (i + 1 < self->columns ? ',' : '\0') || (end == at && !missing)) give_up(self->line, "not a row");
        at = end + 1;
    }
    self->rows++;
    return true;
}

/* --- what is compared with it --- */

static bool sqlite_next(reader *self, const csv_table *csv, double *values) {
    if (sqlite3_step(self->statement) != SQLITE_ROW) return false;
    for (int i = 0; values != NULL && i < csv->columns; i++)
        values[i] = sqlite3_column_type(self->statement, i) == SQLITE_NULL ? (double)NAN
                                                                           : sqlite3_column_double(self->statement, i);
    return true;
}

static void sqlite_open(reader *self, const char *path, const csv_table *csv) {
    self->name = "sqlite";
    self->next = sqlite_next;
    if (sqlite3_open_v2(path, &self->database, SQLITE_OPEN_READONLY, NULL) != SQLITE_OK ||
        sqlite3_prepare_v2(self->database, "select * from cells order by rowid", -1, &self->statement, NULL) !=
            SQLITE_OK)
        give_up(path, sqlite3_errmsg(self->database));
    if (sqlite3_column_count(self->statement) != csv->columns) give_up(path, "has another number of columns");
}

static void read_strip(reader *self, int row) {
    int first = row - row % STRIP_ROWS, rows = self->rows - first < STRIP_ROWS ? self->rows - first : STRIP_ROWS;
    if (GDALDatasetRasterIO(self->dataset, GF_Read, 0, first, self->cols, rows, self->strip, self->cols, rows,
                            GDT_Float64, self->bands, NULL, 0, 0,
                            (int)sizeof(double) * self->cols * STRIP_ROWS) != CE_None)
        give_up(self->name, CPLGetLastErrorMsg());
    self->first_row = first;
}

/* Rows that the table leaves out are not looked at, so that there is no row too many. */
static bool raster_next(reader *self, const csv_table *csv, double *values) {
    if (values == NULL) return false;
    double col = (csv->values[0] - self->place[0]) / self->place[1] - 0.5;
    double row = (csv->values[1] - self->place[3]) / self->place[5] - 0.5;
    if (fabs(col - round(col)) > 1e-6 || fabs(row - round(row)) > 1e-6) give_up(self->name, "x, y is no cell's centre");
    int x = (int)lround(col), y = (int)lround(row);
    if (x < 0 || y < 0 || x >= self->cols || y >= self->rows) return false;
    if (self->first_row < 0 || y < self->first_row || y >= self->first_row + STRIP_ROWS) read_strip(self, y);
    values[0] = csv->values[0];
    values[1] = csv->values[1];
    for (int i = 0; i < self->bands; i++) {
        size_t at = ((size_t)i * STRIP_ROWS + (size_t)(y - self->first_row)) * (size_t)self->cols + (size_t)x;
        double value = self->strip[at];
        values[i + 2] = value == self->nodata[i] ? (double)NAN : value;
    }
    return true;
}

static void raster_open(reader *self, const char *path, const csv_table *csv) {
    self->name = path;
    self->next = raster_next;
    self->dataset = GDALOpen(path, GA_ReadOnly);
    if (self->dataset == NULL || GDALGetGeoTransform(self->dataset, self->place) != CE_None)
        give_up(path, CPLGetLastErrorMsg());
    self->cols = GDALGetRasterXSize(self->dataset);
    self->rows = GDALGetRasterYSize(self->dataset);
    self->bands = GDALGetRasterCount(self->dataset);
    self->first_row = -1;
    if (self->bands != csv->columns - 2) give_up(path, "has another number of bands");
    for (int i = 0; i < self->bands; i++) {
        int has = 0;
        self->nodata[i] = GDALGetRasterNoDataValue(GDALGetRasterBand(self->dataset, i + 1), &has);
        if (!has) give_up(path, "declares no nodata value");
    }
    self->strip = malloc(sizeof(double) * (size_t)self->bands * STRIP_ROWS * (size_t)self->cols);
    if (self->strip == NULL) give_up(path, "no memory");
}

static bool doubles_next(reader *self, const csv_table *csv, double *values) {
    double row[MAX_COLUMNS];
    (void)self;
    return fread(values != NULL ? values : row, sizeof(double), (size_t)csv->columns, stdin) == (size_t)csv->columns;
}

static void reader_open(reader *self, const char *what, const csv_table *csv) {
    if (strncmp(what, "sqlite=", 7) == 0)
        sqlite_open(self, what + 7, csv);
    else if (strncmp(what, "raster=", 7) == 0)
        raster_open(self, what + 7, csv);
    else if (strncmp(what, "doubles=", 8) == 0)
        *self = (reader){.name = what + 8, .next = doubles_next};
    else
        give_up(what, "sqlite=, raster= or doubles= is wanted");
}

static void reader_close(reader *self) {
    sqlite3_finalize(self->statement);
    sqlite3_close(self->database);
    if (self->dataset != NULL) GDALClose(self->dataset);
    free(self->strip);
}

/* --- side by side --- */

static bool same(const double *a, const double *b, int count, int *where) {
    for (*where = 0; *where < count; ++*where) {
        double left = a[*where], right = b[*where];
        if (isnan(left) ? !isnan(right) : left != right) return false;
    }
    return true;
}

static int compare(csv_table *csv, reader *readers, int count) {
    double values[MAX_COLUMNS];
    int column;
    while (csv_next(csv)) {
        for (int i = 0; i < count; i++) {
            if (!readers[i].next(&readers[i], csv, values)) {
                fprintf(stderr, "%s: no row %lld\n", readers[i].name, (long long)csv->rows);
                return 1;
            }
            if (same(csv->values, values, csv->columns, &column)) continue;
            fprintf(stderr, "%s: row %lld, column %d: %.17g, not %.17g\n", readers[i].name, (long long)csv->rows,
                    column + 1, values[column], csv->values[column]);
            return 1;
        }
    }
    for (int i = 0; i < count; i++) {
        if (!readers[i].next(&readers[i], csv, NULL)) continue;
        fprintf(stderr, "%s: more than %lld rows\n", readers[i].name, (long long)csv->rows);
        return 1;
    }
    return 0;
}

int main(int argc, char **argv) {
    csv_table csv = {0};
    reader readers[MAX_READERS] = {{0}};
    int count = argc - 3;
    if (count < 1 || count > MAX_READERS) {
        fprintf(stderr, "usage: compare_formats TYPES CSV sqlite=FILE | raster=FILE | doubles=NAME ..\n");
        return 64;
    }
    GDALAllRegister();
    csv_open(&csv, argv[2], argv[1]);
    for (int i = 0; i < count; i++)
        reader_open(&readers[i], argv[i + 3], &csv);
    int code = compare(&csv, readers, count);
    for (int i = 0; i < count; i++) {
        if (code == 0) printf("  %lld rows, %d columns: %s\n", (long long)csv.rows, csv.columns, readers[i].name);
        reader_close(&readers[i]);
    }
    fclose(csv.file);
    free(csv.line);
    return code;
}
