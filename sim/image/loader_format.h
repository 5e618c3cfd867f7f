/*
 * The kernel formats, for loader.c and whoever else reads such files.
 */
#ifndef EL2SIM_IMAGE_LOADER_FORMAT_H
#define EL2SIM_IMAGE_LOADER_FORMAT_H

#include "sim/image/loader.h"
#include "sim/image/loader_file.h"

bool loader_is_elf(const struct file_bytes *bytes);
bool loader_is_image(const struct file_bytes *bytes);

/* Whether this is an ELF64 file for little-endian AArch64, executable or shared object. */
bool loader_check_elf(const char *path, const struct file_bytes *bytes, struct err *e);

/* Replaces an EFI zboot image by the compressed Image in it; leaves others alone. */
bool loader_unwrap_zboot(const char *path, struct file_bytes *bytes, struct err *e);

/* Copies the file into RAM and says what it takes there; nothing is copied on an error. */
bool loader_elf(const char *path, const struct file_bytes *bytes, const struct ram *ram,
                struct kernel_image *out, struct err *e);
bool loader_image(const char *path, const struct file_bytes *bytes, bool raw, const struct ram *ram,
                  struct kernel_image *out, struct err *e);

#endif
