/* A file that has its final name only when it is complete and on disk.
 *
 * Bytes go to `<path>.part`; commit syncs it, renames it over `path`, and syncs the folder. Anything that stood at
 * `path` stays whole until that rename.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_CORE_OUTPUT_FILE_H
#define WEFT_CORE_OUTPUT_FILE_H

#include "core/files/digest.h"

typedef struct weft_output_file weft_output_file;

/* Creates or truncates `<path>.part`, locked against other runs. Errors: WEFT_ERR_BUSY (another run writes it),
 * WEFT_ERR_PERMISSION, WEFT_ERR_IO. */
weft_status weft_output_file_open(weft_output_file **out, const char *path, weft_error *err);
/* The same, but the first `kept_bytes` of a part file that is there stay, and what follows is written after them: 0
 * begins anew. Errors: WEFT_ERR_DATA (it has fewer) besides; the part file is then as it was. */
weft_status weft_output_file_open_at(weft_output_file **out, const char *path, int64_t kept_bytes, weft_error *err);
/* The same of a file that ends a folder of files which are one output: `<folder>/<name>`, which is written in
 * `<folder>.part` beside the others. Where nothing of it is kept, what is in that folder is removed. Commit renames the
 * folder, in place of one of such files that was there, and syncs the folder above it. Errors: WEFT_ERR_DATA (there is
 * another folder of that name) besides. */
weft_status weft_output_file_open_in_folder(weft_output_file **out, const char *folder, const char *name,
                                            int64_t kept_bytes, weft_error *err);
/* Whether what was opened for `path`, by either, is there unfinished, and how large it is: < 0, it is not. */
int64_t weft_output_file_part_bytes(const char *path);

/* Standard output in place of a file: nothing is synced, renamed or closed, and what is written stands. Writing waits
 * for whoever reads it, and looks at `cancel` meanwhile (may be NULL; outlives it). */
weft_status weft_output_file_open_stdout(weft_output_file **out, const weft_cancel *cancel, weft_error *err);
/* From now on writing looks at `cancel` before each piece, and reading the file back for its digest meanwhile; they
 * return its error. Outlives the file; may be NULL. */
void weft_output_file_set_cancel(weft_output_file *file, const weft_cancel *cancel);

/* Appends all of `bytes`. One thread. Errors: WEFT_ERR_IO with path, errno and what was free. */
weft_status weft_output_file_write(weft_output_file *file, const void *bytes, size_t length, weft_error *err);
/* Appends the `bytes` bytes at `offset` of the regular file at `path`, which the kernel copies where it can
 * (copy_file_range: a file system that shares blocks copies nothing). One thread. Errors: those of
 * weft_output_file_write(); WEFT_ERR_IO (the other cannot be read, or ends before). */
weft_status weft_output_file_append_file(weft_output_file *file, const char *path, int64_t offset, int64_t bytes,
                                         weft_error *err);
int64_t weft_output_file_size(const weft_output_file *file);

/* Keeps a digest of the output from now on, unless it does; what it holds already is read. Writes then take as long as
 * the slower of writing and hashing, which go on side by side. Errors: WEFT_ERR_IO, WEFT_ERR_MEMORY, WEFT_ERR_INTERNAL.
 */
weft_status weft_output_file_keep_digest(weft_output_file *file, weft_digest_kind kind, weft_error *err);
/* The digest of all bytes so far, in hex; "" where none is kept. */
weft_status weft_output_file_digest(const weft_output_file *file, char out[WEFT_DIGEST_HEX_BYTES], weft_error *err);

/* The name under which a library may write the output itself, before anything was written here. */
const char *weft_output_file_part_path(const weft_output_file *file);
/* Takes what such a library has written as the output: its size, and its digest where one is kept. Errors: WEFT_ERR_IO
 * (also where the name now leads to another file than the one that is open and locked here); those of
 * weft_cancel_check(). */
weft_status weft_output_file_adopt(weft_output_file *file, weft_error *err);

/* Syncs, renames and syncs the folder; then the final name holds the whole. */
weft_status weft_output_file_commit(weft_output_file *file, weft_error *err);

/* Returns when all that was written is on disk. Errors: WEFT_ERR_IO. */
weft_status weft_output_file_sync(weft_output_file *file, weft_error *err);

/* Whether closing leaves a part file that was not committed, for another process to resume from. */
void weft_output_file_keep(weft_output_file *file, bool keep);

/* Closes; without a commit before it, the part file is removed, unless it is to be kept. NULL is fine. */
void weft_output_file_close(weft_output_file *file);

/* Returns when the names in a folder are on disk. Errors: WEFT_ERR_IO, WEFT_ERR_PERMISSION. */
weft_status weft_sync_folder(const char *folder, weft_error *err);

/* Makes `path` and the folders above it. Errors: WEFT_ERR_IO. */
weft_status weft_make_folders(const char *path, weft_error *err);

#endif
