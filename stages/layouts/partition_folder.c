/* SPDX-License-Identifier: MIT */
#include "stages/layouts/partition_folder.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#define MISSING    "__HIVE_DEFAULT_PARTITION__"
#define NAME_BYTES 255 /* of a file's name, that file systems take */

static void add_escaped(const char *text, size_t length, weft_text *out) {
    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)text[i];
        bool plain =
            (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || strchr("-_. ", c) != NULL;
        weft_text_add(out, plain ? "%c" : "%%%02X", c);
    }
}

static void add_value(weft_data_type type, const uint8_t *value, weft_text *out) {
    char text[WEFT_DATE_TEXT_BYTES];
    if (weft_data_type_is_text(type)) {
        const char *chars = (const char *)value;
        size_t length = weft_text_value_length(chars, weft_data_type_size(type));
        bool null = length == 4 && strncasecmp(chars, "null", 4) == 0; /* DuckDB takes it for a missing value */
        if (null) weft_text_add(out, "%%%02X", (unsigned char)chars[0]);
        add_escaped(chars + null, length - null, out);
        return;
    }
    if (type == WEFT_DATE) {
        int32_t days;
        memcpy(&days, value, sizeof days);
        (void)weft_date_text(days, text);
        weft_text_add(out, "%s", text);
        return;
    }
    switch (type) {
#define ADD_SIGNED(name, c_type)                                                                                       \
    case name: {                                                                                                       \
        c_type number;                                                                                                 \
        memcpy(&number, value, sizeof number);                                                                         \
        weft_text_add(out, "%lld", (long long)number);                                                                 \
        break;                                                                                                         \
    }
#define ADD_UNSIGNED(name, c_type)                                                                                     \
    case name: {                                                                                                       \
        c_type number;                                                                                                 \
        memcpy(&number, value, sizeof number);                                                                         \
        weft_text_add(out, "%llu", (unsigned long long)number);                                                        \
        break;                                                                                                         \
    }
        WEFT_FOR_EACH_SIGNED(ADD_SIGNED)
        WEFT_FOR_EACH_UNSIGNED(ADD_UNSIGNED)
#undef ADD_SIGNED
#undef ADD_UNSIGNED
    default:
        break;
    }
}

void weft_partition_folder_add(const char *name, weft_data_type type, const uint8_t *value, weft_text *out) {
    add_escaped(name, strlen(name), out);
    weft_text_add(out, "=");
    if (value == NULL)
        weft_text_add(out, MISSING);
    else
        add_value(type, value, out);
}

weft_status weft_partition_folder_check(const char *name, weft_data_type type, const uint8_t *value, weft_error *err) {
    static const char said[] = "export.partition.by: the value \"%.*s%s\" of %s %s";
    const char *text = (const char *)value;
    if (!weft_data_type_is_text(type)) return WEFT_OK;
    size_t length = weft_text_value_length(text, weft_data_type_size(type));
    if (length == strlen(MISSING) && memcmp(text, MISSING, length) == 0) {
        weft_error_set(err, WEFT_ERR_DATA, said, (int)length, text, "", name, "is what readers take for a missing one");
        weft_error_hint(err, "make such values missing in the file they come from, or partition by another column");
        return WEFT_ERR_DATA;
    }
    weft_text folder = {0};
    weft_partition_folder_add(name, type, value, &folder);
    bool failed = folder.failed, fits = folder.length <= NAME_BYTES;
    weft_text_dispose(&folder);
    if (failed) return weft_error_no_memory(err, "the name of a partition");
    if (fits) return WEFT_OK;
    weft_error_set(err, WEFT_ERR_DATA, said, 40, text, "..", name, "makes the name of a folder longer than 255 bytes");
    weft_error_hint(err, "a column of shorter texts, such as codes; letters beyond ASCII take six bytes and more each");
    return WEFT_ERR_DATA;
}
