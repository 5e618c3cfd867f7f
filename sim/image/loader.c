#include "sim/image/loader.h"

#include <inttypes.h>

#include "sim/base/bits.h"
#include "sim/image/loader_format.h"

#define PAGE UINT64_C(4096)

/* The initrd's distance from the base of RAM, where there is that much: beyond what a kernel that
 * unpacks or relocates itself may use. */
#define INITRD_OFFSET_MAX (UINT64_C(128) << 20)

/* Early Linux maps the 2 MiB that hold the device tree. */
#define DTB_ALIGN (UINT64_C(2) << 20)

static uint64_t ram_end(const struct ram *ram)
{
    return ram->base.v + ram->size_bytes;
}

static bool load_known(const char *path, struct file_bytes *bytes, const struct ram *ram,
                       struct kernel_image *out, struct err *e)
{
    if (!loader_unwrap_zboot(path, bytes, e) || !file_gunzip(path, bytes, e)) {
        return false;
    }
    if (loader_is_elf(bytes)) {
        return loader_elf(path, bytes, ram, out, e);
    }
    if (loader_is_image(bytes)) {
        return loader_image(path, bytes, false, ram, out, e);
    }
    return err_set(
        e, "%s: neither ELF nor an arm64 Image (plain or gzip'd), no magic at byte 0 or 56", path);
}

bool loader_kernel(const char *path, bool raw, const struct ram *ram, struct kernel_image *out,
                   struct err *e)
{
    struct file_bytes bytes;
    if (!file_read(path, "kernel", FILE_IMAGE_LIMIT, &bytes, e)) {
        return false;
    }
    bool done =
        raw ? loader_image(path, &bytes, true, ram, out, e) : load_known(path, &bytes, ram, out, e);
    file_free(&bytes);
    return done || err_prefix(e, "kernel ");
}

/* Where an initrd begins; without one, what comes behind it begins here. */
static uint64_t initrd_start(const struct kernel_image *kernel, const struct ram *ram)
{
    uint64_t half = ram->size_bytes / 2;
    uint64_t start = ram->base.v + (half < INITRD_OFFSET_MAX ? half : INITRD_OFFSET_MAX);
    return align_up(start > kernel->end.v ? start : kernel->end.v, PAGE);
}

bool loader_initrd(const char *path, const struct kernel_image *kernel, const struct ram *ram,
                   struct loaded_range *out, struct err *e)
{
    struct file_bytes bytes;
    if (kernel->kind == KERNEL_ELF) {
        return err_set(e, "initrd %s: only an Image kernel gets one, the kernel is ELF", path);
    }
    if (!file_read(path, "initrd", FILE_IMAGE_LIMIT, &bytes, e)) {
        return false;
    }
    uint64_t start = initrd_start(kernel, ram);
    bool fits = ram_write(ram, pa(start), bytes.data, bytes.size);
    if (fits) {
        *out = (struct loaded_range){.start = pa(start), .size_bytes = bytes.size};
    } else {
        err_set(e,
                "initrd %s: 0x%zx bytes at 0x%" PRIx64 " go past the end of RAM (0x%" PRIx64
                "); give more memory",
                path, bytes.size, start, ram_end(ram));
    }
    file_free(&bytes);
    return fits;
}

bool loader_dtb(const void *dtb, size_t size_bytes, const struct kernel_image *kernel,
                const struct loaded_range *initrd, const struct ram *ram, struct loaded_range *out,
                struct err *e)
{
    uint64_t start = ram->base.v;
    if (kernel->kind == KERNEL_ELF) {
        if (size_bytes > kernel->start.v - ram->base.v) {
            *out = (struct loaded_range){0};
            return true;
        }
    } else {
        start = initrd->size_bytes > 0 ? initrd->start.v + initrd->size_bytes
                                       : initrd_start(kernel, ram);
        start = align_up(start, DTB_ALIGN);
    }
    if (!ram_write(ram, pa(start), dtb, size_bytes)) {
        return err_set(e,
                       "device tree: 0x%zx bytes at 0x%" PRIx64
                       " go past the end of RAM (0x%" PRIx64 "); give more memory",
                       size_bytes, start, ram_end(ram));
    }
    *out = (struct loaded_range){.start = pa(start), .size_bytes = size_bytes};
    return true;
}

struct boot_state loader_boot_state(const struct kernel_image *kernel,
                                    const struct loaded_range *dtb)
{
    return (struct boot_state){.entry = kernel->entry,
                               .x0 = kernel->kind == KERNEL_ELF ? 0 : dtb->start.v};
}
