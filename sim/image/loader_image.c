/* The arm64 Image (Documentation/arm64/booting.rst, section 4), its compressed form for EFI, and
 * files without a header. */
#include "sim/image/loader_format.h"

#include <inttypes.h>

#include "sim/base/bits.h"

struct image_header {
    uint32_t code[2];
    uint64_t text_offset; /* from a 2 MiB boundary */
    uint64_t image_size;  /* zero-filled part included; 0 before Linux 3.17 */
    uint64_t flags;
    uint64_t reserved[3];
    uint32_t magic;
    uint32_t pe_header;
};

#define IMAGE_MAGIC     0x644d5241U /* "ARM\x64" */
#define FLAG_BIG_ENDIAN BIT(0)

/* Linux' drivers/firmware/efi/libstub/zboot-header.S. */
struct zboot_header {
    uint8_t mz[4];
    uint8_t type[4];
    uint32_t payload_offset, payload_size;
    uint32_t reserved[2];
    char compression[8];
};

#define IMAGE_ALIGN (UINT64_C(2) << 20)

/* Where images without image_size go: the text_offset of all kernels of that time. */
#define DEFAULT_TEXT_OFFSET UINT64_C(0x80000)

/* QEMU keeps this much at the base of RAM for its start code; an Image that would lie there goes to
 * the next 2 MiB instead. */
#define LOW_RESERVED UINT64_C(0x1000)

bool loader_is_image(const struct file_bytes *bytes)
{
    struct image_header header;
    if (bytes->size < sizeof header) {
        return false;
    }
    memcpy(&header, bytes->data, sizeof header);
    return header.magic == IMAGE_MAGIC;
}

bool loader_unwrap_zboot(const char *path, struct file_bytes *bytes, struct err *e)
{
    struct zboot_header header;
    if (bytes->size < sizeof header) {
        return true;
    }
    memcpy(&header, bytes->data, sizeof header);
    if (memcmp(header.mz, "MZ", 2) != 0 || memcmp(header.type, "zimg", 4) != 0) {
        return true;
    }
    if (header.payload_offset > bytes->size ||
        header.payload_size > bytes->size - header.payload_offset) {
        return err_set(e,
                       "%s: EFI zboot header: 0x%" PRIx32 " bytes at 0x%" PRIx32
                       " go past the end of the file (0x%zx): truncated?",
                       path, header.payload_size, header.payload_offset, bytes->size);
    }
    if (strncmp(header.compression, "gzip", sizeof header.compression) != 0) {
        return err_set(e, "%s: EFI zboot image, compressed by %.8s: only gzip can be unpacked here",
                       path, header.compression);
    }
    bytes->size = header.payload_size;
    memmove(bytes->data, bytes->data + header.payload_offset, bytes->size);
    return true;
}

bool loader_image(const char *path, const struct file_bytes *bytes, bool raw, const struct ram *ram,
                  struct kernel_image *out, struct err *e)
{
    uint64_t offset = DEFAULT_TEXT_OFFSET;
    uint64_t size_bytes = bytes->size;
    struct image_header header = {0};

    if (!raw) {
        memcpy(&header, bytes->data, sizeof header);
        if (header.flags & FLAG_BIG_ENDIAN) {
            return err_set(e,
                           "%s: Image header, flags 0x%" PRIx64 ": a big-endian kernel; build a "
                           "little-endian one",
                           path, header.flags);
        }
    }
    if (header.image_size != 0) {
        offset = header.text_offset < LOW_RESERVED ? header.text_offset + IMAGE_ALIGN
                                                   : header.text_offset;
        size_bytes = header.image_size > size_bytes ? header.image_size : size_bytes;
    }
    if (offset > ram->size_bytes || size_bytes > ram->size_bytes - offset) {
        return err_set(e,
                       "%s: needs 0x%" PRIx64 " bytes at offset 0x%" PRIx64
                       " of RAM, which has 0x%" PRIx64 "; give more memory",
                       path, size_bytes, offset, ram->size_bytes);
    }
    pa_t start = pa(ram->base.v + offset);
    ram_will_fill(ram, bytes->size);
    ram_write(ram, start, bytes->data, bytes->size);
    *out = (struct kernel_image){.kind = raw ? KERNEL_RAW : KERNEL_IMAGE,
                                 .entry = start,
                                 .start = start,
                                 .end = pa(start.v + size_bytes)};
    return true;
}
