/* A digest of a stream: SHA-256, by libcrypto, or CRC-32, by libdeflate; both use the processor's own instructions for it
 * where there are any.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_CORE_DIGEST_H
#define WEFT_CORE_DIGEST_H

#include "core/cancel.h"

#include <stdint.h>

typedef struct weft_digest weft_digest;

#define WEFT_DIGEST_HEX_BYTES 65 /* 64 digits and NUL */

typedef enum weft_digest_kind {
    WEFT_DIGEST_SHA256, /* in hex: 64 digits, as sha256sum prints them */
    WEFT_DIGEST_CRC32, /* "crc32:" and 8 digits. A tenth of the time; tells damage, not what was made to look the same */
} weft_digest_kind;

/* One thread at a time. Errors: WEFT_ERR_MEMORY. */
weft_status weft_digest_new(weft_digest **out, weft_digest_kind kind, weft_error *err);
weft_digest_kind weft_digest_kind_of(const weft_digest *digest);
/* The kind of a digest in hex. */
weft_digest_kind weft_digest_hex_kind(const char *hex);
/* NULL is fine. */
void weft_digest_free(weft_digest *digest);

/* Adds `length` bytes. Errors: WEFT_ERR_INTERNAL (libcrypto refuses). */
weft_status weft_digest_add(weft_digest *digest, const void *bytes, size_t length, weft_error *err);
/* Adds what the open file `fd` holds at `from .. to - 1`; `path` is for messages. `cancel` is looked at after each
 * quarter of a MiB; may be NULL. Errors: WEFT_ERR_IO, also when it is shorter; WEFT_ERR_MEMORY; those of
 * weft_cancel_check(). */
weft_status weft_digest_add_file(weft_digest *digest, int fd, int64_t from, int64_t to, const char *path,
                                 const weft_cancel *cancel, weft_error *err);

/* Writes the digest of all that was added, in lower-case hex. More may be added, and asked for again. Errors:
 * WEFT_ERR_MEMORY. */
weft_status weft_digest_finish_hex(const weft_digest *digest, char out[WEFT_DIGEST_HEX_BYTES], weft_error *err);

/* "3.0.19": of the libcrypto that runs. */
const char *weft_digest_library_version(void);

#endif
