/* The files that went into a run, by their hashes. */
#include <stdio.h>

#include "sim/board/cpu.h"

/* The next record, for a file of that name. NULL with *e: no room. */
static struct image_record *add_record(struct machine *m, const char *path, struct err *e)
{
    struct image_list *list = &m->images;
    if (list->count == IMAGE_RECORDS_MAX) {
        err_set(e, "%s: more than %u files in one run", path, IMAGE_RECORDS_MAX);
        return NULL;
    }
    struct image_record *r = &list->records[list->count++];
    snprintf(r->path, sizeof r->path, "%s", path);
    return r;
}

bool machine_note_file(struct machine *m, const char *path, struct err *e)
{
    struct image_record *r = add_record(m, path, e);
    return r && image_hash_file(path, r->sha256, e);
}

/* Disks are open already, and may be block devices. */
static bool note_disks(struct machine *m, struct err *e)
{
    for (unsigned i = 0; i < m->config.devices.count; i++) {
        const struct disk *disk = devices_disk(m->devices, i);
        const char *path = m->config.devices.specs[i].path;
        if (disk == NULL) {
            continue;
        }
        struct image_record *r = add_record(m, path, e);
        if (r == NULL) {
            return false;
        }
        if (!disk_hash(disk, r->sha256, e)) {
            return err_prefix(e, "%s: ", path);
        }
    }
    return true;
}

bool machine_note_images(struct machine *m, const struct machine_images *images, struct err *e)
{
    bool done = machine_note_file(m, images->kernel, e) &&
                (images->initrd == NULL || machine_note_file(m, images->initrd, e)) &&
                (images->dtb == NULL || machine_note_file(m, images->dtb, e));
    for (unsigned i = 0; done && i < images->module_count; i++) {
        done = machine_note_file(m, images->modules[i].path, e);
    }
    for (unsigned i = 0; done && i < images->placed_count; i++) {
        done = machine_note_file(m, images->placed[i].path, e);
    }
    return done && note_disks(m, e);
}
