/* SPDX-License-Identifier: MIT
 *
 * A digest is finished on a copy of its state, so that it can be asked for at any time. */
#include "core/files/digest.h"

#include <errno.h>
#include <libdeflate.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define READ_BYTES 262144
#define CRC_PREFIX "crc32:"

struct weft_digest {
    EVP_MD_CTX *state; /* of SHA-256; NULL: `crc` it is */
    uint32_t crc;
};

static bool begin_sha256(weft_digest *digest) {
    digest->state = EVP_MD_CTX_new();
    return digest->state != NULL && EVP_DigestInit_ex(digest->state, EVP_sha256(), NULL) == 1;
}

weft_status weft_digest_new(weft_digest **out, weft_digest_kind kind, weft_error *err) {
    weft_digest *digest = calloc(1, sizeof *digest);
    *out = NULL;
    if (digest == NULL || (kind == WEFT_DIGEST_SHA256 && !begin_sha256(digest))) {
        weft_digest_free(digest);
        return weft_error_no_memory(err, "a checksum");
    }
    *out = digest;
    return WEFT_OK;
}

weft_digest_kind weft_digest_kind_of(const weft_digest *digest) {
    return digest->state != NULL ? WEFT_DIGEST_SHA256 : WEFT_DIGEST_CRC32;
}

weft_digest_kind weft_digest_hex_kind(const char *hex) {
    return strncmp(hex, CRC_PREFIX, sizeof CRC_PREFIX - 1) == 0 ? WEFT_DIGEST_CRC32 : WEFT_DIGEST_SHA256;
}

void weft_digest_free(weft_digest *digest) {
    if (digest == NULL) return;
    EVP_MD_CTX_free(digest->state);
    free(digest);
}

weft_status weft_digest_add(weft_digest *digest, const void *bytes, size_t length, weft_error *err) {
    if (digest->state == NULL) {
        digest->crc = libdeflate_crc32(digest->crc, bytes, length);
        return WEFT_OK;
    }
    if (EVP_DigestUpdate(digest->state, bytes, length) == 1) return WEFT_OK;
    return weft_error_set(err, WEFT_ERR_INTERNAL, "libcrypto cannot add %zu bytes to a checksum", length);
}

weft_status weft_digest_add_file(weft_digest *digest, int fd, int64_t from, int64_t to, const char *path,
                                 const weft_cancel *cancel, weft_error *err) {
    char *bytes = malloc(READ_BYTES);
    weft_status status = WEFT_OK;
    if (bytes == NULL) return weft_error_no_memory(err, "a checksum");
    while (from < to && status == WEFT_OK) {
        size_t wanted = to - from < READ_BYTES ? (size_t)(to - from) : READ_BYTES;
        ssize_t got = pread(fd, bytes, wanted, (off_t)from);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) {
            weft_error_set_errno(err, got < 0 ? errno : EIO, "%s: cannot read it for its checksum", path);
            if (err != NULL) err->status = WEFT_ERR_IO;
            status = WEFT_ERR_IO;
            break;
        }
        status = weft_digest_add(digest, bytes, (size_t)got, err);
        if (status == WEFT_OK) status = weft_cancel_check(cancel, err);
        from += got;
    }
    free(bytes);
    return status;
}

weft_status weft_digest_finish_hex(const weft_digest *digest, char out[WEFT_DIGEST_HEX_BYTES], weft_error *err) {
    static const char digits[] = "0123456789abcdef";
    unsigned char bytes[EVP_MAX_MD_SIZE];
    unsigned length = 0;
    if (digest->state == NULL) {
        (void)snprintf(out, WEFT_DIGEST_HEX_BYTES, CRC_PREFIX "%08x", (unsigned)digest->crc);
        return WEFT_OK;
    }
    EVP_MD_CTX *copy = EVP_MD_CTX_new();
    bool ok = copy != NULL && EVP_MD_CTX_copy_ex(copy, digest->state) == 1 &&
              EVP_DigestFinal_ex(copy, bytes, &length) == 1 && 2 * length < WEFT_DIGEST_HEX_BYTES;
    EVP_MD_CTX_free(copy);
    if (!ok) return weft_error_no_memory(err, "a checksum");
    for (unsigned i = 0; i < length; i++) {
        out[2 * i] = digits[bytes[i] >> 4];
        out[2 * i + 1] = digits[bytes[i] & 15];
    }
    out[2 * length] = '\0';
    return WEFT_OK;
}

const char *weft_digest_library_version(void) {
    return OpenSSL_version(OPENSSL_VERSION_STRING);
}
