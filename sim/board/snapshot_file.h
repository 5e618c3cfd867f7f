/*
 * The file of a snapshot: a head, then named sections, each compressed (zstd) and with checksums
 * (XXH3), the last one "end". docs/snapshots.md has the format.
 *
 * A file is written beside its place, brought to the disk and then renamed: whatever goes wrong, a
 * file that was there before stays as it was. What is read may come from anybody: nothing in it is
 * believed before its checksum, its lengths and its place are right.
 */
#ifndef EL2SIM_BOARD_SNAPSHOT_FILE_H
#define EL2SIM_BOARD_SNAPSHOT_FILE_H

#include "sim/base/err.h"
#include "sim/base/types.h"

#define SECTION_NAME_MAX 16

/* Whether a file can be written there, as far as that is known before. */
bool snapshot_out_check(const char *path, struct err *e);

struct snapshot_out;

/* NULL with *e. layout: what both sides must agree on beside the version of the format. */
struct snapshot_out *snapshot_out_open(const char *path, uint64_t layout, struct err *e);
/* Adds a section. False with *e. */
bool snapshot_out_section(struct snapshot_out *out, const char *name, const void *bytes,
                          size_t size_bytes, struct err *e);
/* Ends the file, puts it in its place, and frees. False with *e: nothing changed there. */
bool snapshot_out_commit(struct snapshot_out *out, struct err *e);
/* Removes what was written, and frees. */
void snapshot_out_abandon(struct snapshot_out *out);

struct snapshot_in;

struct snapshot_in *snapshot_in_open(const char *path, uint64_t layout, struct err *e);
const char *snapshot_in_path(const struct snapshot_in *in);
void snapshot_in_close(struct snapshot_in *in);
/* Name of the next section; "" when the file has no more that can be read: snapshot_in_section()
 * then says why. */
const char *snapshot_in_next(const struct snapshot_in *in);
/* The next section, which must be `name`; its bytes stay valid until the next call. False with *e.
 */
bool snapshot_in_section(struct snapshot_in *in, const char *name, const void **bytes,
                         size_t *size_bytes, struct err *e);
/* Puts file and section before the reason that is in *e. False. */
bool snapshot_in_refuse(const struct snapshot_in *in, struct err *e);

#endif
