/* SPDX-License-Identifier: MIT */
#include "stages/cells/table_part.h"

#include "stages/cells/cells_reader.h"

/* Whether the writer is to be given the part's cells, some of which it has not got yet. */
static bool wants_cells(const weft_table_part *part, weft_table_writer *writer, int index) {
    weft_table_position at = {0};
    if (part->pieces[index].path != NULL || part->cells.path == NULL) return false;
    if (writer->kind->position != NULL) writer->kind->position(writer, &at);
    return at.next_cell < part->cells.end_cell * (writer->cell_rows > 1 ? writer->cell_rows : 1);
}

static weft_status give_cells(const weft_table_part *part, const weft_table_spec *spec,
                              weft_table_writer *const *writers, int writer_count, int64_t chunk_bytes,
                              weft_error *err) {
    weft_cells_reader *reader = NULL;
    const weft_chunk *chunk = NULL;
    weft_status status = weft_cells_reader_open(&reader, spec, &part->cells, chunk_bytes, err);
    if (status == WEFT_OK) status = weft_cells_reader_next(reader, &chunk, err);
    while (status == WEFT_OK && chunk != NULL) {
        for (int i = 0; i < writer_count && status == WEFT_OK; i++)
            if (part->pieces[i].path == NULL) status = writers[i]->kind->write_chunk(writers[i], chunk, err);
        if (status == WEFT_OK) status = weft_cells_reader_next(reader, &chunk, err);
    }
    weft_cells_reader_close(reader);
    return status;
}

weft_status weft_table_part_join(const weft_table_part *part, const weft_table_spec *spec,
                                 weft_table_writer *const *writers, int writer_count, int64_t chunk_bytes,
                                 weft_error *err) {
    weft_status status = WEFT_OK;
    bool any = false;
    for (int i = 0; i < writer_count && status == WEFT_OK; i++) {
        any = any || wants_cells(part, writers[i], i);
        if (part->pieces[i].path != NULL) status = writers[i]->kind->join(writers[i], &part->pieces[i], err);
    }
    return status == WEFT_OK && any ? give_cells(part, spec, writers, writer_count, chunk_bytes, err) : status;
}
