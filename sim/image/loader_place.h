/*
 * Further files at addresses of the user's choice: the modules of a hypervisor that reads where
 * they lie from the device tree (Xen's dom0 kernel and initrd), as QEMU's
 * `-device loader,file=F,addr=A,force-raw=on`.
 */
#ifndef EL2SIM_IMAGE_LOADER_PLACE_H
#define EL2SIM_IMAGE_LOADER_PLACE_H

#include "sim/image/loader.h"

#define PLACED_FILES_MAX 8
#define RAM_USES_MAX     24

struct placed_file {
    const char *path;
    pa_t at;
};

/* What of RAM is taken, and by what, so that nothing is put over another: kernel, initrd, device
 * tree, modules and the placed files. */
struct ram_use {
    const char *what; /* "kernel", "file F": for messages */
    struct loaded_range range;
};

struct ram_map_of_files {
    struct ram_use uses[RAM_USES_MAX];
    unsigned count;
};

/* Notes that something lies there; size_bytes 0 is nothing. */
void loader_note_use(struct ram_map_of_files *map, const char *what, struct loaded_range range);

/* Whether nothing that is noted lies in the range; false with *e, which begins with `what`. */
bool loader_is_free(const struct ram_map_of_files *map, const char *what, struct loaded_range range,
                    struct err *e);

/* "FILE@ADDRESS" -> out; the address in any base of C. `text` is cut at the '@' and must live as
 * long as *out. False with *e. */
bool loader_parse_place(char *text, struct placed_file *out, struct err *e);

/* Copies the file, as it is, to its address and notes it in the map. False with *e: unreadable, not
 * in RAM, over what is there already. */
bool loader_place(const struct placed_file *file, const struct ram *ram,
                  struct ram_map_of_files *map, struct err *e);

#endif
