/* Source lines of an ELF file's code, by the line table of its debug information (libdw). */
#ifndef EL2SIM_REPORT_SOURCE_LINES_H
#define EL2SIM_REPORT_SOURCE_LINES_H

#include <stdbool.h>
#include <stdint.h>

struct source_lines;

/* NULL: no ELF file, or without line tables, which is no mistake. Free with source_lines_close().
 */
struct source_lines *source_lines_open(const char *path);
void source_lines_close(struct source_lines *s);

/* The line that the code at a linked address was made from; *file stays valid until the close. */
bool source_lines_find(const struct source_lines *s, uint64_t address, const char **file,
                       unsigned *line);

/* That line's text without what it is indented by; "" where the file is not to be found: by its
 * name, or below the tree that el2sim was built from. */
const char *source_lines_text(struct source_lines *s, const char *file, unsigned line);

#endif
