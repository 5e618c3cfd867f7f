/*
 * What the model does not know. An access that nothing models is UNDEF, RES0 or RAZ/WI as the
 * architecture says, printed once per kind and place, and counted for the report (design.md,
 * principle 5).
 */
#ifndef EL2SIM_BASE_LOG_H
#define EL2SIM_BASE_LOG_H

#include "sim/base/archive.h"
#include "sim/base/types.h"

struct unimp_entry {
    char what[96]; /* "GICD read 4 bytes at 0x0e10", "MRS S3_0_C0_C4_4": the key */
    uint64_t count;
    uint64_t first_pc;
};

struct unimp_log; /* bounded: past 1,024 kinds, the rest are counted together */

struct unimp_log *unimp_create(void);
void unimp_destroy(struct unimp_log *log);

/* Counts one unmodelled access; the first of its kind is said on stderr unless quiet. pc may be 0
 * where none is known. */
void unimp_note(struct unimp_log *log, uint64_t pc, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void unimp_set_quiet(struct unimp_log *log, bool quiet);

/* Entries in order of their text; *count is their number. Owned by the log. */
const struct unimp_entry *unimp_entries(struct unimp_log *log, size_t *count);

void unimp_archive(struct unimp_log *log, struct archive *a);

#endif
