#include "sim/image/loader_place.h"

#include <inttypes.h>
#include <string.h>

#include "sim/base/parse.h"
#include "sim/image/loader_file.h"

void loader_note_use(struct ram_map_of_files *map, const char *what, struct loaded_range range)
{
    if (range.size_bytes != 0) {
        BUG_ON(map->count == sizeof map->uses / sizeof map->uses[0]);
        map->uses[map->count++] = (struct ram_use){.what = what, .range = range};
    }
}

bool loader_parse_place(char *text, struct placed_file *out, struct err *e)
{
    char *sign = strrchr(text, '@');
    if (sign == NULL || sign == text) {
        return err_set(e, "%s: FILE@ADDRESS is expected, such as Image@0x4a000000", text);
    }
    uint64_t at;
    if (!parse_u64(sign + 1, 0, &at, NULL)) {
        return err_set(e, "%s: \"%s\" is no address; FILE@0x4a000000 is expected", text, sign + 1);
    }
    *sign = '\0';
    *out = (struct placed_file){.path = text, .at = pa(at)};
    return true;
}

static bool overlap(struct loaded_range a, struct loaded_range b)
{
    return a.start.v < b.start.v + b.size_bytes && b.start.v < a.start.v + a.size_bytes;
}

bool loader_is_free(const struct ram_map_of_files *map, const char *what, struct loaded_range range,
                    struct err *e)
{
    for (unsigned i = 0; i < map->count; i++) {
        const struct ram_use *use = &map->uses[i];
        if (overlap(use->range, range)) {
            return err_set(e,
                           "%s: 0x%" PRIx64 " bytes at 0x%" PRIx64 " lie over the %s (0x%" PRIx64
                           " bytes at 0x%" PRIx64 ")",
                           what, range.size_bytes, range.start.v, use->what, use->range.size_bytes,
                           use->range.start.v);
        }
    }
    return true;
}

bool loader_place(const struct placed_file *file, const struct ram *ram,
                  struct ram_map_of_files *map, struct err *e)
{
    struct file_bytes bytes;
    if (!file_read(file->path, "file", FILE_IMAGE_LIMIT, &bytes, e)) {
        return false;
    }
    struct loaded_range range = {.start = file->at, .size_bytes = bytes.size};
    bool done =
        ram_holds(ram, file->at, bytes.size) ||
        err_set(e,
                "%s: 0x%zx bytes at 0x%" PRIx64 " are not in RAM (0x%" PRIx64 " to 0x%" PRIx64 ")",
                file->path, bytes.size, file->at.v, ram->base.v, ram->base.v + ram->size_bytes);
    done = done && loader_is_free(map, file->path, range, e);
    if (done) {
        ram_will_fill(ram, bytes.size);
        ram_write(ram, file->at, bytes.data, bytes.size);
        loader_note_use(map, file->path, range);
    }
    file_free(&bytes);
    return done;
}
