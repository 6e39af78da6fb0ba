/* SPDX-License-Identifier: MIT */
#include "raster/tiff/tiff_file.h"

#include "raster/gdal/path_kind.h"

#include <errno.h>
#include <fcntl.h>
#include <gdal.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct weft_tiff_descriptor {
    int fd, holders;
};

struct weft_tiff_file {
    const weft_source_info *info;
    const weft_file_facts *facts;
    const weft_tiff_codec *codec;
    weft_tiff_layout layout;
    _Atomic bool left;
    _Atomic int *open;             /* how many descriptors are */
    pthread_mutex_t lock;          /* of what follows */
    weft_tiff_descriptor *current; /* NULL: none */
};

/* --- what may be read --- */

/* What the source's description says must be what its layout says. */
static bool is_described(const weft_tiff_layout *layout, const weft_source_info *info, int bands) {
    if (layout->cols != info->cols || layout->rows != info->rows) return false;
    if (layout->block_cols != info->block_cols || layout->block_rows != info->block_rows) return false;
    if (layout->bands != bands) return false;
    for (int i = 0; i < info->band_count; i++) {
        const weft_band_info *band = &info->bands[i];
        bool real = band->type == WEFT_FLOAT32 || band->type == WEFT_FLOAT64;
        if (weft_data_type_size(band->type) != (size_t)layout->value_bytes) return false;
        if (layout->predictor == 3 && !real) return false;
        if (band->nodata_kind == WEFT_NODATA_MASK) return false;
        if (band->nodata_kind == WEFT_NODATA_ALPHA && (layout->samples == 1 || band->type != WEFT_UINT8)) return false;
    }
    return true;
}

static int64_t item(GDALRasterBandH band, const char *name, int64_t col, int64_t row) {
    char key[64];
    (void)snprintf(key, sizeof key, "%s_%lld_%lld", name, (long long)col, (long long)row);
    const char *text = GDALGetMetadataItem(band, key, "TIFF");
    return text == NULL ? 0 : strtoll(text, NULL, 10);
}

/* Whether GDAL finds a block where the lists say. */
static weft_tiff_answer is_there(const weft_tiff_layout *layout, int fd, GDALDatasetH dataset, int band, int64_t col,
                                 int64_t row) {
    int64_t number = weft_tiff_block_number(layout, band, col, row), at = 0, bytes = 0;
    const weft_tiff_list *offsets = &layout->offsets, *sizes = &layout->sizes;
    weft_tiff_answer answer =
        weft_tiff_read_bytes(fd, offsets->at + number * offsets->entry_bytes, (size_t)offsets->entry_bytes, &at);
    if (answer == WEFT_TIFF_YES)
        answer = weft_tiff_read_bytes(fd, sizes->at + number * sizes->entry_bytes, (size_t)sizes->entry_bytes, &bytes);
    if (answer != WEFT_TIFF_YES) return answer;
    GDALRasterBandH handle = GDALGetRasterBand(dataset, band);
    return item(handle, "BLOCK_OFFSET", col, row) == at && item(handle, "BLOCK_SIZE", col, row) == bytes ? WEFT_TIFF_YES
                                                                                                         : WEFT_TIFF_NO;
}

static weft_tiff_answer look(weft_tiff_layout *layout, int fd, GDALDatasetH dataset, const weft_source_info *info) {
    weft_tiff_answer answer = weft_tiff_layout_read(layout, fd);
    if (answer != WEFT_TIFF_YES) return answer;
    if (!is_described(layout, info, GDALGetRasterCount(dataset))) return WEFT_TIFF_NO;
    answer = is_there(layout, fd, dataset, 1, 0, 0);
    if (answer != WEFT_TIFF_YES) return answer;
    return is_there(layout, fd, dataset, layout->bands, layout->blocks_across - 1, layout->blocks_down - 1);
}

static bool is_plain_tiff(GDALDatasetH dataset, const weft_source_info *info, const weft_file_facts *facts) {
    GDALDriverH driver = GDALGetDatasetDriver(dataset);
    if (driver == NULL || strcmp(GDALGetDriverShortName(driver), "GTiff") != 0) return false;
    return weft_is_plain_path(info->path) && weft_is_plain_path(GDALGetDescription(dataset)) && facts->inode != 0;
}

/* --- descriptors --- */

static bool is_same(const struct stat *now, const weft_file_facts *then) {
    int64_t ns = (int64_t)now->st_mtim.tv_sec * 1000000000 + now->st_mtim.tv_nsec;
    return S_ISREG(now->st_mode) && (uint64_t)now->st_dev == then->device && (uint64_t)now->st_ino == then->inode &&
           (int64_t)now->st_size == then->bytes && ns == then->modified_ns;
}

/* Opens the file, if it is still the one that was planned with, without waiting for the writer of a FIFO in its place. */
static weft_tiff_answer open_same(const char *path, const weft_file_facts *facts, int *out) {
    struct stat now;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0) return WEFT_TIFF_FAILED;
    weft_tiff_answer answer = fstat(fd, &now) != 0   ? WEFT_TIFF_FAILED
                              : is_same(&now, facts) ? WEFT_TIFF_YES
                                                     : WEFT_TIFF_NO;
    int reason = errno;
    if (answer != WEFT_TIFF_YES) close(fd);
    errno = reason;
    *out = fd;
    return answer;
}

static void free_descriptor(weft_tiff_file *file, weft_tiff_descriptor *descriptor) {
    if (descriptor == NULL) return;
    close(descriptor->fd);
    atomic_fetch_sub(file->open, 1);
    free(descriptor);
}

/* Takes over `fd`, also where it fails. */
static weft_tiff_descriptor *make_descriptor(weft_tiff_file *file, int fd) {
    weft_tiff_descriptor *out = malloc(sizeof *out);
    if (out == NULL) {
        close(fd);
        errno = ENOMEM;
        return NULL;
    }
    *out = (weft_tiff_descriptor){fd, 0};
    atomic_fetch_add(file->open, 1);
    return out;
}

/* Two may open it at once: the second one's is closed again. No lock is held meanwhile. */
weft_tiff_answer weft_tiff_file_hold(weft_tiff_file *file, weft_tiff_descriptor **out) {
    weft_tiff_descriptor *spare = NULL;
    int fd;
    pthread_mutex_lock(&file->lock);
    *out = file->current;
    if (*out != NULL) (*out)->holders++;
    pthread_mutex_unlock(&file->lock);
    if (*out != NULL) return WEFT_TIFF_YES;
    weft_tiff_answer answer = open_same(file->info->path, file->facts, &fd);
    if (answer != WEFT_TIFF_YES) return answer;
    spare = make_descriptor(file, fd);
    if (spare == NULL) return WEFT_TIFF_FAILED;
    pthread_mutex_lock(&file->lock);
    if (file->current == NULL) {
        file->current = spare;
        spare = NULL;
    }
    *out = file->current;
    (*out)->holders++;
    pthread_mutex_unlock(&file->lock);
    free_descriptor(file, spare);
    return WEFT_TIFF_YES;
}

void weft_tiff_file_release(weft_tiff_file *file, weft_tiff_descriptor *descriptor) {
    if (descriptor == NULL) return;
    pthread_mutex_lock(&file->lock);
    bool last = --descriptor->holders == 0;
    if (last && file->current == descriptor) file->current = NULL;
    pthread_mutex_unlock(&file->lock);
    if (last) free_descriptor(file, descriptor);
}

void weft_tiff_file_forget(weft_tiff_file *file, const weft_tiff_descriptor *descriptor) {
    pthread_mutex_lock(&file->lock);
    if (file->current == descriptor) file->current = NULL;
    pthread_mutex_unlock(&file->lock);
}

int weft_tiff_descriptor_number(const weft_tiff_descriptor *descriptor) {
    return descriptor->fd;
}

/* --- the file --- */

static weft_status make_file(weft_tiff_file **out, const weft_tiff_layout *layout, const weft_source_info *info,
                             const weft_file_facts *facts, _Atomic int *open, weft_error *err) {
    const weft_tiff_codec *codec = weft_tiff_codec_find(layout->compression);
    if (codec == NULL) return WEFT_OK;
    weft_tiff_file *file = calloc(1, sizeof *file);
    if (file == NULL || pthread_mutex_init(&file->lock, NULL) != 0) {
        free(file);
        return weft_error_set(err, WEFT_ERR_MEMORY, "%s: no memory to read its blocks", info->path);
    }
    file->info = info;
    file->facts = facts;
    file->codec = codec;
    file->layout = *layout;
    if (!codec->predicts) file->layout.predictor = 1;
    file->open = open;
    *out = file;
    return WEFT_OK;
}

weft_status weft_tiff_file_new(weft_tiff_file **out, void *dataset, const weft_source_info *info,
                               const weft_file_facts *facts, _Atomic int *open, bool *asks_again, weft_error *err) {
    weft_tiff_layout layout;
    int fd;
    *out = NULL;
    *asks_again = false;
    if (!is_plain_tiff(dataset, info, facts)) return WEFT_OK;
    weft_tiff_answer answer = open_same(info->path, facts, &fd);
    if (answer == WEFT_TIFF_YES) {
        answer = look(&layout, fd, dataset, info);
        close(fd);
    }
    *asks_again = answer == WEFT_TIFF_FAILED;
    return answer == WEFT_TIFF_YES ? make_file(out, &layout, info, facts, open, err) : WEFT_OK;
}

/* Where a catalog saw it; of pixels that are points, half a pixel on. */
static bool is_in_place(const weft_tiff_layout *layout, const double *expected) {
    const double *g = layout->place;
    if (!layout->has_place || expected[1] != g[1] || expected[2] != 0 || expected[4] != 0 || expected[5] != g[5])
        return false;
    return (expected[0] == g[0] && expected[3] == g[3]) ||
           (expected[0] == g[0] - 0.5 * g[1] && expected[3] == g[3] - 0.5 * g[5]);
}

static bool is_like(const weft_tiff_layout *a, const weft_tiff_layout *b) {
    return a->tiled == b->tiled && a->bands == b->bands && a->samples == b->samples &&
           a->value_bytes == b->value_bytes && a->compression == b->compression && a->predictor == b->predictor;
}

weft_status weft_tiff_file_new_like(weft_tiff_file **out, const weft_tiff_file *like, const weft_source_info *info,
                                    const weft_file_facts *facts, _Atomic int *open, weft_error *err) {
    weft_tiff_layout layout;
    int fd;
    *out = NULL;
    if (!weft_is_plain_path(info->path) || facts->inode == 0) return WEFT_OK;
    if (open_same(info->path, facts, &fd) != WEFT_TIFF_YES) return WEFT_OK;
    weft_tiff_answer answer = weft_tiff_layout_read(&layout, fd);
    close(fd);
    if (answer != WEFT_TIFF_YES) return WEFT_OK;
    if (!like->codec->predicts) layout.predictor = 1;
    if (!is_like(&layout, &like->layout) || !is_described(&layout, info, like->layout.bands)) return WEFT_OK;
    if (!is_in_place(&layout, info->geotransform)) return WEFT_OK;
    return make_file(out, &layout, info, facts, open, err);
}

void weft_tiff_file_free(weft_tiff_file *file) {
    if (file == NULL) return;
    free_descriptor(file, file->current);
    pthread_mutex_destroy(&file->lock);
    free(file);
}

const weft_tiff_layout *weft_tiff_file_layout(const weft_tiff_file *file) {
    return &file->layout;
}

const weft_tiff_codec *weft_tiff_file_codec(const weft_tiff_file *file) {
    return file->codec;
}

const weft_source_info *weft_tiff_file_info(const weft_tiff_file *file) {
    return file->info;
}

void weft_tiff_file_leave(weft_tiff_file *file) {
    atomic_store(&file->left, true);
}

bool weft_tiff_file_is_left(const weft_tiff_file *file) {
    return atomic_load(&file->left);
}
