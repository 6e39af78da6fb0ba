/* SPDX-License-Identifier: MIT
 *
 * As the cache books them: a buffer a band. */
#include "pipeline/memory/block_bytes.h"

#include "core/memory/buffer.h"

double weft_block_bytes(const weft_source_info *info, weft_band_masked_fn masked) {
    int64_t count = info->block_cols * info->block_rows, page = weft_page_bytes(), bytes = 0;
    for (int i = 0; i < info->band_count; i++) {
        const weft_band_info *band = &info->bands[i];
        int64_t block = count * ((int64_t)weft_data_type_size(band->type) + (masked == NULL || masked(band)));
        if (band->wanted) bytes += (block + page - 1) / page * page;
    }
    return (double)bytes;
}

int64_t weft_block_bytes_largest(const weft_source_info *info) {
    int64_t widest = 0;
    for (int i = 0; i < info->band_count; i++)
        if ((int64_t)weft_data_type_size(info->bands[i].type) > widest)
            widest = (int64_t)weft_data_type_size(info->bands[i].type);
    return info->block_cols * info->block_rows * (widest + 1);
}
