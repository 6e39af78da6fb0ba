/* SPDX-License-Identifier: MIT */
#include "stages/layouts/partition_manifest.h"

#include "core/text.h"

static weft_status write_text(weft_output_file *output, weft_text *text, weft_error *err) {
    weft_status status = text->failed ? weft_error_no_memory(err, "the manifest")
                                      : weft_output_file_write(output, text->data, text->length, err);
    weft_text_dispose(text);
    return status;
}

weft_status weft_partition_manifest_begin(weft_output_file *output, const char *const *by, int by_count, int partitions,
                                          int64_t rows, weft_error *err) {
    weft_text text = {0};
    weft_text_add(&text, "{\n  \"partitions\": %d", partitions);
    weft_text_add_json_member(&text, "weft", WEFT_VERSION);
    for (int i = 0; i < by_count; i++)
        weft_text_add(&text, i == 0 ? ",\n  \"by\": [\"%s\"" : ", \"%s\"", by[i]);
    weft_text_add(&text, "],\n  \"rows\": %lld,\n  \"files\": [", (long long)rows);
    return write_text(output, &text, err);
}

weft_status weft_partition_manifest_add(weft_output_file *output, int number, const char *file, int64_t rows,
                                        int64_t bytes, const char *digest, weft_error *err) {
    weft_text text = {0};
    weft_text_add(&text, number > 0 ? ",\n    {" : "\n    {");
    weft_text_add(&text, "\"rows\": %lld, \"bytes\": %lld", (long long)rows, (long long)bytes);
    weft_text_add_json_member(&text, "file", file);
    if (digest[0] != '\0') weft_text_add_json_member(&text, "sha256", digest);
    weft_text_add(&text, "}");
    return write_text(output, &text, err);
}

weft_status weft_partition_manifest_end(weft_output_file *output, weft_error *err) {
    static const char end[] = "\n  ]\n}\n";
    return weft_output_file_write(output, end, sizeof end - 1, err);
}
