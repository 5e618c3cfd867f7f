/* Kernels, initrds and device trees in memory: where QEMU's virt puts them, and what is refused. */
#define _GNU_SOURCE /* F_SETPIPE_SZ */
#include <check.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#include "sim/image/loader.h"
#include "sim/image/loader_file.h"
#include "sim/image/memmap.h"
#include "tests/unit/board/board_support.h"
#include "tests/support/run_suite.h"

#define MIB      (UINT64_C(1) << 20)
#define RAM_SIZE (16 * MIB)

static struct ram ram;
static struct temp_file file;
static struct elf_maker elf;

static void setup(void)
{
    struct err e = {0};
    ck_assert(ram_map(&ram, pa(MEMMAP_RAM_BASE), RAM_SIZE, &e));
    elf_make(&elf, NULL, NULL, 0);
}

static void teardown(void)
{
    ram_unmap(&ram);
}

/* Loads bytes as a kernel file; e->text is empty on success. */
static struct kernel_image load(const void *bytes, size_t size, bool raw, struct err *e)
{
    struct kernel_image image = {0};
    *e = (struct err){0};
    temp_write(&file, bytes, size);
    bool done = loader_kernel(file.path, raw, &ram, &image, e);
    temp_remove(&file);
    ck_assert_msg(done == (e->text[0] == '\0'), "no message for a failure: %s", e->text);
    return image;
}

/* The error must say `part` and name the file, in one line. */
static void refused(const void *bytes, size_t size, const char *part)
{
    struct err e;
    load(bytes, size, false, &e);
    ck_assert_msg(strstr(e.text, part) != NULL, "\"%s\" does not say \"%s\"", e.text, part);
    ck_assert_ptr_nonnull(strstr(e.text, file.path));
    ck_assert_ptr_null(strchr(e.text, '\n'));
}

static void elf_refused(const char *part)
{
    refused(elf.bytes, elf.size, part);
}

START_TEST(elf_segments_land_at_their_physical_addresses_with_zeroes_behind)
{
    struct err e;
    memset(ram_at(&ram, pa(ELF_DATA_ADDRESS), ELF_DATA_MEMORY), 0xff, ELF_DATA_MEMORY);
    struct kernel_image image = load(elf.bytes, elf.size, false, &e);
    ck_assert_str_eq(e.text, "");
    ck_assert_int_eq(image.kind, KERNEL_ELF);
    ck_assert_uint_eq(image.entry.v, 0x40100008);
    ck_assert_uint_eq(image.start.v, 0x40100000);
    ck_assert_uint_eq(image.end.v, 0x40102000);
    const uint8_t *text = ram_at(&ram, pa(0x40100000), 0x100);
    const uint8_t *data = ram_at(&ram, pa(0x40101000), 0x1000);
    ck_assert_uint_eq(text[0], 0xa5);
    ck_assert_uint_eq(text[0xff], 0xa5);
    ck_assert_uint_eq(data[0x3f], 0x5a);
    ck_assert_uint_eq(data[0x40], 0);
    ck_assert_uint_eq(data[0xfff], 0);
}
END_TEST

START_TEST(elf_entry_is_translated_by_the_segment_that_holds_it)
{
    struct err e;
    elf.segments[0].p_vaddr = UINT64_C(0xffff000000000000);
    elf.header->e_entry = UINT64_C(0xffff000000000010);
    struct kernel_image image = load(elf.bytes, elf.size, false, &e);
    ck_assert_str_eq(e.text, "");
    ck_assert_uint_eq(image.entry.v, 0x40100010);
}
END_TEST

START_TEST(elf_cut_anywhere_is_an_error)
{
    struct err e;
    for (size_t size = 4; size < elf.size; size += size < 64 ? 1 : 64) {
        load(elf.bytes, size, false, &e);
        ck_assert_msg(e.text[0] != '\0', "%zu of %zu bytes load", size, elf.size);
    }
    refused(elf.bytes, 63, "truncated");
    refused(elf.bytes, 0x1f0, "truncated");
    refused(elf.bytes, elf.size - 1, "truncated");
}
END_TEST

START_TEST(elf_with_any_byte_changed_loads_or_is_refused)
{
    static const uint8_t values[] = {0x00, 0x01, 0x7f, 0x80, 0xff};
    uint8_t bytes[ELF_MAKER_ROOM];
    struct err e;
    for (size_t at = 0; at < elf.size; at += at == 0x180 ? 0x280 : 1) { /* skips the contents */
        for (size_t i = 0; i < sizeof values; i++) {
            memcpy(bytes, elf.bytes, elf.size);
            bytes[at] = values[i];
            load(bytes, elf.size, false, &e);
        }
    }
}
END_TEST

START_TEST(elf_of_another_kind_is_named)
{
    elf.header->e_machine = EM_X86_64;
    elf_refused("ELF machine 62: not AArch64");
    elf.header->e_machine = EM_AARCH64;
    elf.header->e_ident[EI_CLASS] = ELFCLASS32;
    elf_refused("ELF class 1");
    elf.header->e_ident[EI_CLASS] = ELFCLASS64;
    elf.header->e_ident[EI_DATA] = ELFDATA2MSB;
    elf_refused("not little endian");
    elf.header->e_ident[EI_DATA] = ELFDATA2LSB;
    elf.header->e_type = ET_REL;
    elf_refused("not an executable");
}
END_TEST

START_TEST(elf_segment_outside_ram_is_refused)
{
    elf.segments[1].p_paddr = 0x3ffff000; /* half below */
    elf_refused("segment 1: 0x1000 bytes at physical 0x3ffff000 are not in RAM");
    elf.segments[1].p_paddr = MEMMAP_RAM_BASE + RAM_SIZE - 0xfff; /* one byte above */
    elf_refused("segment 1");
    elf.segments[1].p_paddr = UINT64_MAX - 0x7ff; /* wraps */
    elf_refused("segment 1");
    elf.segments[1].p_paddr = MEMMAP_RAM_BASE + RAM_SIZE - 0x1000;
    struct err e;
    load(elf.bytes, elf.size, false, &e);
    ck_assert_str_eq(e.text, "");
}
END_TEST

START_TEST(elf_segments_that_cannot_be_are_refused)
{
    elf.segments[1].p_paddr = ELF_TEXT_ADDRESS + 0x80;
    elf_refused("segments 0 and 1 overlap at physical 0x40100080");
    elf.segments[1].p_paddr = ELF_DATA_ADDRESS;
    elf.segments[1].p_memsz = 0x20;
    elf_refused("segment 1: 0x40 bytes in the file, 0x20 in memory");
    elf.segments[1].p_memsz = 0x1000;
    elf.segments[1].p_offset = UINT64_MAX - 8;
    elf_refused("past the end of the file");
    elf.segments[1].p_type = PT_NOTE;
    elf.segments[0].p_type = PT_NOTE;
    elf_refused("no segment to load");
    elf.segments[0].p_type = PT_LOAD;
    elf.header->e_entry = 0x1000;
    elf_refused("entry point 0x1000 is not in RAM");
}
END_TEST

/* An Image header of 64 bytes (Linux, booting.rst) and `size` bytes in all. */
static void make_image(uint8_t *bytes, uint64_t text_offset, uint64_t image_size, uint64_t flags)
{
    memset(bytes, 0xc3, 0x1000);
    memset(bytes, 0, 64);
    memcpy(bytes + 8, &text_offset, 8);
    memcpy(bytes + 16, &image_size, 8);
    memcpy(bytes + 24, &flags, 8);
    memcpy(bytes + 56, "ARM\x64", 4);
}

static size_t gzip(const uint8_t *bytes, size_t size, uint8_t *out, size_t room)
{
    z_stream z = {.next_in = (Bytef *)(uintptr_t)bytes,
                  .avail_in = (uInt)size,
                  .next_out = out,
                  .avail_out = (uInt)room};
    ck_assert_int_eq(deflateInit2(&z, 9, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY), Z_OK);
    ck_assert_int_eq(deflate(&z, Z_FINISH), Z_STREAM_END);
    size_t length = z.total_out;
    deflateEnd(&z);
    return length;
}

/* {text_offset, image_size} in the header -> {start, end} in memory, after QEMU's boot.c. */
static const struct {
    uint64_t text_offset, image_size, start, end;
} image_places[] = {
    {0, 0x2000, 0x40200000, 0x40202000},      {0x80000, 0x2000, 0x40080000, 0x40082000},
    {0x80000, 0x800, 0x40080000, 0x40081000}, /* the file is longer than it says */
    {0xfff, 0x2000, 0x40200fff, 0x40202fff},  /* would lie in QEMU's start code */
    {0x12345000, 0, 0x40080000, 0x40081000},  /* image_size 0: text_offset means nothing */
};

START_TEST(image_goes_where_its_header_says)
{
    uint8_t bytes[0x1000];
    struct err e;
    make_image(bytes, image_places[_i].text_offset, image_places[_i].image_size, 0);
    struct kernel_image image = load(bytes, sizeof bytes, false, &e);
    ck_assert_str_eq(e.text, "");
    ck_assert_int_eq(image.kind, KERNEL_IMAGE);
    ck_assert_uint_eq(image.start.v, image_places[_i].start);
    ck_assert_uint_eq(image.entry.v, image_places[_i].start);
    ck_assert_uint_eq(image.end.v, image_places[_i].end);
    ck_assert_mem_eq(ram_at(&ram, image.start, sizeof bytes), bytes, sizeof bytes);
}
END_TEST

START_TEST(image_that_is_gzipped_is_unpacked)
{
    uint8_t bytes[0x1000], packed[0x1000];
    struct err e;
    make_image(bytes, 0x80000, 0x2000, 0);
    size_t length = gzip(bytes, sizeof bytes, packed, sizeof packed);
    struct kernel_image image = load(packed, length, false, &e);
    ck_assert_str_eq(e.text, "");
    ck_assert_uint_eq(image.start.v, 0x40080000);
    ck_assert_mem_eq(ram_at(&ram, image.start, sizeof bytes), bytes, sizeof bytes);
    for (size_t cut = 2; cut < length; cut++) {
        load(packed, cut, false, &e);
        ck_assert_msg(e.text[0] != '\0', "%zu of %zu bytes load", cut, length);
    }
    packed[length / 2] ^= 0xff;
    refused(packed, length, "gzip");
}
END_TEST

#define LONG_BYTES ((size_t)9 << 20) /* some large pages of the host */

static uint8_t *long_bytes(void)
{
    uint32_t *words = malloc(LONG_BYTES);
    ck_assert_ptr_nonnull(words);
    for (uint32_t i = 0; i < LONG_BYTES / sizeof *words; i++) {
        words[i] = i * UINT32_C(2654435761);
    }
    return (uint8_t *)words;
}

START_TEST(long_file_is_read_whole_with_a_nul_behind)
{
    struct file_bytes bytes;
    struct err e = {0};
    uint8_t *expected = long_bytes();
    temp_write(&file, expected, LONG_BYTES);
    ck_assert(file_read(file.path, "thing", FILE_IMAGE_LIMIT, &bytes, &e));
    ck_assert_uint_eq(bytes.size, LONG_BYTES);
    ck_assert(memcmp(bytes.data, expected, LONG_BYTES) == 0);
    ck_assert_uint_eq(bytes.data[LONG_BYTES], 0);
    file_free(&bytes);
    ck_assert(!file_read(file.path, "thing", LONG_BYTES - 1, &bytes, &e));
    ck_assert_ptr_nonnull(strstr(e.text, "larger than"));
    temp_remove(&file);
    free(expected);
}
END_TEST

/* {the length of what a pipe holds}: no file has said how long it is. */
static const size_t piped[] = {1, 65535, 65536, 65537, 200000};

START_TEST(file_of_unknown_length_is_read_to_its_end)
{
    int ends[2];
    char path[32];
    struct file_bytes bytes;
    struct err e = {0};
    uint8_t *expected = long_bytes();
    ck_assert_int_eq(pipe(ends), 0);
    ck_assert_int_ge(fcntl(ends[1], F_SETPIPE_SZ, 1 << 18), 1 << 18);
    ck_assert_int_eq(write(ends[1], expected, piped[_i]), (ssize_t)piped[_i]);
    close(ends[1]);
    snprintf(path, sizeof path, "/dev/fd/%d", ends[0]);
    ck_assert_msg(file_read(path, "thing", FILE_IMAGE_LIMIT, &bytes, &e), "%s", e.text);
    ck_assert_uint_eq(bytes.size, piped[_i]);
    ck_assert(memcmp(bytes.data, expected, piped[_i]) == 0);
    ck_assert_uint_eq(bytes.data[piped[_i]], 0);
    file_free(&bytes);
    close(ends[0]);
    free(expected);
}
END_TEST

/* Its last four bytes say how much it holds; others may lie behind it. */
static const struct {
    const char *behind;
    size_t behind_bytes;
} said[] = {{"", 0}, {"\0\0\0\0", 4}, {"\1\0\0\0", 4}, {"\xff\xff\xff\xff", 4}};

START_TEST(gzip_is_unpacked_whatever_it_says_its_size_is)
{
    struct file_bytes bytes;
    struct err e = {0};
    uint8_t *expected = long_bytes(), *packed = malloc(2 * LONG_BYTES);
    ck_assert_ptr_nonnull(packed);
    size_t length = gzip(expected, LONG_BYTES, packed, 2 * LONG_BYTES);
    memcpy(packed + length, said[_i].behind, said[_i].behind_bytes);
    temp_write(&file, packed, length + said[_i].behind_bytes);
    ck_assert(file_read(file.path, "thing", FILE_IMAGE_LIMIT, &bytes, &e));
    ck_assert_msg(file_gunzip(file.path, &bytes, &e), "%s", e.text);
    ck_assert_uint_eq(bytes.size, LONG_BYTES);
    ck_assert(memcmp(bytes.data, expected, LONG_BYTES) == 0);
    file_free(&bytes);
    temp_remove(&file);
    free(packed);
    free(expected);
}
END_TEST

START_TEST(image_in_an_efi_zboot_wrapper_is_unpacked)
{
    uint8_t bytes[0x1000], file_of[0x1100] = "MZ\0\0zimg";
    struct err e;
    make_image(bytes, 0x80000, 0x2000, 0);
    uint32_t place[2] = {0x100, (uint32_t)gzip(bytes, sizeof bytes, file_of + 0x100, 0x1000)};
    memcpy(file_of + 8, place, sizeof place);
    memcpy(file_of + 24, "gzip", 5);
    struct kernel_image image = load(file_of, 0x100 + place[1], false, &e);
    ck_assert_str_eq(e.text, "");
    ck_assert_mem_eq(ram_at(&ram, image.start, sizeof bytes), bytes, sizeof bytes);
    refused(file_of, 0x100 + place[1] - 1, "truncated");
    memcpy(file_of + 24, "zstd22\0", 8);
    refused(file_of, 0x100 + place[1], "compressed by zstd22: only gzip");
    memset(file_of + 8, 0xff, 8);
    refused(file_of, sizeof file_of, "truncated");
}
END_TEST

START_TEST(image_that_cannot_be_is_refused)
{
    uint8_t bytes[0x1000];
    make_image(bytes, 0, 0x2000, 1);
    refused(bytes, sizeof bytes, "big-endian");
    make_image(bytes, 0, RAM_SIZE, 0);
    refused(bytes, sizeof bytes, "give more memory");
    make_image(bytes, UINT64_MAX - 0x10, 0x2000, 0);
    refused(bytes, sizeof bytes, "give more memory");
    make_image(bytes, 0x80000, UINT64_MAX, 0);
    refused(bytes, sizeof bytes, "give more memory");
    memset(bytes, 'x', sizeof bytes);
    refused(bytes, sizeof bytes, "neither ELF nor an arm64 Image");
    refused(bytes, 1, "neither ELF nor an arm64 Image");
    refused(bytes, 0, "empty");
}
END_TEST

START_TEST(raw_file_is_loaded_only_when_asked)
{
    struct err e;
    struct kernel_image image = load("\x01\x02\x03\x04", 4, true, &e);
    ck_assert_str_eq(e.text, "");
    ck_assert_int_eq(image.kind, KERNEL_RAW);
    ck_assert_uint_eq(image.entry.v, 0x40080000);
    ck_assert_uint_eq(image.end.v, 0x40080004);
}
END_TEST

START_TEST(unreadable_kernel_is_named_with_the_reason)
{
    struct kernel_image image;
    struct err e = {0};
    ck_assert(!loader_kernel("/nonexistent/Image", false, &ram, &image, &e));
    ck_assert_str_eq(e.text, "kernel /nonexistent/Image: cannot open: No such file or directory");
    e = (struct err){0};
    ck_assert(!loader_kernel("/tmp", false, &ram, &image, &e));
    ck_assert_str_eq(e.text, "kernel /tmp: is a directory");
}
END_TEST

START_TEST(file_longer_than_the_limit_is_refused)
{
    struct file_bytes bytes;
    struct err e = {0};
    temp_write(&file, "12345678", 8);
    ck_assert(file_read(file.path, "thing", 8, &bytes, &e));
    ck_assert_uint_eq(bytes.size, 8);
    file_free(&bytes);
    ck_assert(!file_read(file.path, "thing", 7, &bytes, &e));
    ck_assert_ptr_nonnull(strstr(e.text, "larger than"));
    temp_remove(&file);
}
END_TEST

static struct kernel_image image_at(uint64_t start, uint64_t end)
{
    return (struct kernel_image){
        .kind = KERNEL_IMAGE, .entry = pa(start), .start = pa(start), .end = pa(end)};
}

START_TEST(initrd_lies_half_way_up_or_behind_the_kernel)
{
    struct loaded_range initrd;
    struct err e = {0};
    struct kernel_image low = image_at(0x40200000, 0x40300000);
    struct kernel_image high = image_at(0x40200000, 0x40900001);
    temp_write(&file, "initrd", 6);
    ck_assert(loader_initrd(file.path, &low, &ram, &initrd, &e));
    ck_assert_uint_eq(initrd.start.v, 0x40800000);
    ck_assert_uint_eq(initrd.size_bytes, 6);
    ck_assert_mem_eq(ram_at(&ram, initrd.start, 6), "initrd", 6);
    ck_assert(loader_initrd(file.path, &high, &ram, &initrd, &e));
    ck_assert_uint_eq(initrd.start.v, 0x40901000);
    temp_remove(&file);
}
END_TEST

START_TEST(initrd_lies_128_mib_up_in_a_large_ram)
{
    struct loaded_range initrd;
    struct err e = {0};
    struct kernel_image kernel = image_at(0x40200000, 0x40300000);
    ram_unmap(&ram);
    ck_assert(ram_map(&ram, pa(MEMMAP_RAM_BASE), 1024 * MIB, &e));
    temp_write(&file, "initrd", 6);
    ck_assert(loader_initrd(file.path, &kernel, &ram, &initrd, &e));
    ck_assert_uint_eq(initrd.start.v, 0x48000000);
    temp_remove(&file);
}
END_TEST

/* Seen on QEMU 7.2, -M virt,virtualization=on, with and without an initrd of 3,000,001 bytes: what
 * a small Image found in its PC and x0, and linux,initrd-start. */
static const struct {
    uint64_t text_offset, image_size, ram_mib;
    uint64_t entry, dtb_alone, initrd, dtb_behind_initrd;
} seen_on_qemu[] = {
    {0, 0x20000, 128, 0x40200000, 0x44000000, 0x44000000, 0x44400000},
    {0x80000, 0x20000, 128, 0x40080000, 0x44000000, 0x44000000, 0x44400000},
    {0, 0x20000, 1024, 0x40200000, 0x48000000, 0x48000000, 0x48400000},
    {0x80000, 0, 64, 0x40080000, 0x42000000, 0x42000000, 0x42400000},
    {0, 0x2500000, 64, 0x40200000, 0x42800000, 0x42700000, 0x42a00000},
    {0xffc, 0x1800, 512, 0x40200ffc, 0x48000000, 0x48000000, 0x48400000},
    {0x1000, 0x1800, 512, 0x40001000, 0x48000000, 0x48000000, 0x48400000},
};

START_TEST(everything_lies_where_qemu_was_seen_to_put_it)
{
    static uint8_t initrd_bytes[3000001];
    struct loaded_range initrd, dtb, none = {0};
    struct err e = {0};
    uint8_t bytes[0x1000];
    ram_unmap(&ram);
    ck_assert(ram_map(&ram, pa(MEMMAP_RAM_BASE), seen_on_qemu[_i].ram_mib * MIB, &e));
    make_image(bytes, seen_on_qemu[_i].text_offset, seen_on_qemu[_i].image_size, 0xa);
    struct kernel_image image = load(bytes, sizeof bytes, false, &e);
    temp_write(&file, initrd_bytes, sizeof initrd_bytes);
    ck_assert_msg(loader_initrd(file.path, &image, &ram, &initrd, &e), "%s", e.text);
    temp_remove(&file);
    ck_assert_uint_eq(initrd.start.v, seen_on_qemu[_i].initrd);
    ck_assert(loader_dtb("tree", 4, &image, &initrd, &ram, &dtb, &e));
    ck_assert_uint_eq(loader_boot_state(&image, &dtb).entry.v, seen_on_qemu[_i].entry);
    ck_assert_uint_eq(loader_boot_state(&image, &dtb).x0, seen_on_qemu[_i].dtb_behind_initrd);
    ck_assert(loader_dtb("tree", 4, &image, &none, &ram, &dtb, &e));
    ck_assert_uint_eq(dtb.start.v, seen_on_qemu[_i].dtb_alone);
}
END_TEST

START_TEST(initrd_that_does_not_fit_is_refused)
{
    struct loaded_range initrd;
    struct err e = {0};
    struct kernel_image full = image_at(0x40200000, 0x41000000);
    struct kernel_image program = {.kind = KERNEL_ELF};
    temp_write(&file, "initrd", 6);
    ck_assert(!loader_initrd(file.path, &full, &ram, &initrd, &e));
    ck_assert_ptr_nonnull(strstr(e.text, "give more memory"));
    e = (struct err){0};
    ck_assert(!loader_initrd(file.path, &program, &ram, &initrd, &e));
    ck_assert_ptr_nonnull(strstr(e.text, "the kernel is ELF"));
    temp_remove(&file);
}
END_TEST

START_TEST(device_tree_follows_the_initrd_of_an_image)
{
    struct loaded_range dtb, none = {0};
    struct loaded_range initrd = {.start = pa(0x40800000), .size_bytes = 0x200001};
    struct kernel_image kernel = image_at(0x40200000, 0x40300000);
    struct err e = {0};
    ck_assert(loader_dtb("tree", 4, &kernel, &initrd, &ram, &dtb, &e));
    ck_assert_uint_eq(dtb.start.v, 0x40c00000); /* up to 2 MiB */
    ck_assert_mem_eq(ram_at(&ram, dtb.start, 4), "tree", 4);
    struct boot_state boot = loader_boot_state(&kernel, &dtb);
    ck_assert_uint_eq(boot.entry.v, 0x40200000);
    ck_assert_uint_eq(boot.x0, 0x40c00000);
    ck_assert(loader_dtb("tree", 4, &kernel, &none, &ram, &dtb, &e));
    ck_assert_uint_eq(dtb.start.v, 0x40800000);
    initrd.size_bytes = 0x7fffff;
    ck_assert(!loader_dtb("tree", 4, &kernel, &initrd, &ram, &dtb, &e));
    ck_assert_ptr_nonnull(strstr(e.text, "give more memory"));
}
END_TEST

START_TEST(device_tree_lies_below_an_elf_kernel_if_there_is_room)
{
    struct loaded_range dtb, none = {0};
    struct kernel_image kernel = {.kind = KERNEL_ELF,
                                  .entry = pa(0x40000104),
                                  .start = pa(0x40000100),
                                  .end = pa(0x40001000)};
    uint8_t tree[0x101] = {1};
    struct err e = {0};
    ck_assert(loader_dtb(tree, 0x100, &kernel, &none, &ram, &dtb, &e));
    ck_assert_uint_eq(dtb.start.v, 0x40000000);
    ck_assert_uint_eq(dtb.size_bytes, 0x100);
    ck_assert_uint_eq(loader_boot_state(&kernel, &dtb).x0, 0);
    ck_assert(loader_dtb(tree, 0x101, &kernel, &none, &ram, &dtb, &e));
    ck_assert_uint_eq(dtb.size_bytes, 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("loader");
    TCase *tc = tcase_create("loader");
    tcase_set_timeout(tc, 120);
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, elf_segments_land_at_their_physical_addresses_with_zeroes_behind);
    tcase_add_test(tc, elf_entry_is_translated_by_the_segment_that_holds_it);
    tcase_add_test(tc, elf_cut_anywhere_is_an_error);
    tcase_add_test(tc, elf_with_any_byte_changed_loads_or_is_refused);
    tcase_add_test(tc, elf_of_another_kind_is_named);
    tcase_add_test(tc, elf_segment_outside_ram_is_refused);
    tcase_add_test(tc, elf_segments_that_cannot_be_are_refused);
    tcase_add_loop_test(tc, image_goes_where_its_header_says, 0,
                        sizeof image_places / sizeof image_places[0]);
    tcase_add_test(tc, image_that_is_gzipped_is_unpacked);
    tcase_add_test(tc, long_file_is_read_whole_with_a_nul_behind);
    tcase_add_loop_test(tc, file_of_unknown_length_is_read_to_its_end, 0,
                        sizeof piped / sizeof piped[0]);
    tcase_add_loop_test(tc, gzip_is_unpacked_whatever_it_says_its_size_is, 0,
                        sizeof said / sizeof said[0]);
    tcase_add_test(tc, image_in_an_efi_zboot_wrapper_is_unpacked);
    tcase_add_test(tc, image_that_cannot_be_is_refused);
    tcase_add_test(tc, raw_file_is_loaded_only_when_asked);
    tcase_add_test(tc, unreadable_kernel_is_named_with_the_reason);
    tcase_add_test(tc, file_longer_than_the_limit_is_refused);
    tcase_add_test(tc, initrd_lies_half_way_up_or_behind_the_kernel);
    tcase_add_test(tc, initrd_lies_128_mib_up_in_a_large_ram);
    tcase_add_loop_test(tc, everything_lies_where_qemu_was_seen_to_put_it, 0,
                        sizeof seen_on_qemu / sizeof seen_on_qemu[0]);
    tcase_add_test(tc, initrd_that_does_not_fit_is_refused);
    tcase_add_test(tc, device_tree_follows_the_initrd_of_an_image);
    tcase_add_test(tc, device_tree_lies_below_an_elf_kernel_if_there_is_room);
    suite_add_tcase(suite, tc);
    return run_suite(suite);
}
