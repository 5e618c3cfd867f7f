/*
 * Files as bytes in memory: the one way the program reads images, with a limit on what it takes in.
 */
#ifndef EL2SIM_IMAGE_LOADER_FILE_H
#define EL2SIM_IMAGE_LOADER_FILE_H

#include "sim/base/err.h"
#include "sim/base/types.h"

#define FILE_IMAGE_LIMIT  (UINT64_C(1) << 30)   /* ELF with debugging information, raw images */
#define FILE_GUNZIP_LIMIT (UINT64_C(256) << 20) /* as QEMU takes at most */
#define FILE_DTB_LIMIT    (UINT64_C(2) << 20)   /* Linux' boot protocol: at most 2 MiB */

struct file_bytes {
    uint8_t *data; /* never NULL after success; file_read() puts a NUL behind the last */
    size_t size, room;
};

/* Reads a whole file of at most limit_bytes. False with *e: cannot open or read, a directory,
 * empty, too large; `what` ("kernel") begins the message. */
bool file_read(const char *path, const char *what, uint64_t limit_bytes, struct file_bytes *out,
               struct err *e);

/* Replaces gzip'd bytes (RFC 1952) by what they hold; leaves others alone. path names the file in
 * errors. */
bool file_gunzip(const char *path, struct file_bytes *bytes, struct err *e);

void file_free(struct file_bytes *bytes);

#endif
