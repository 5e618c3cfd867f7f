/* Tables of megabytes, of which most runs touch little: host pages, zeroed, committed when touched.
 */
#ifndef EL2SIM_BASE_PAGES_H
#define EL2SIM_BASE_PAGES_H

#include <stddef.h>

/* NULL when the host gives no more; errno says why. Not reserved: what is never touched costs
 * nothing. */
void *pages_map(size_t size_bytes);

/* pages may be NULL; size_bytes as it was mapped. */
void pages_unmap(void *pages, size_t size_bytes);

/* What the host makes large pages of: fewer page faults, but the first touch of one commits, and
 * clears, all of it. */
#define PAGES_LARGE ((size_t)2 << 20)

/* For mapped memory of which all will be touched soon: large pages where whole ones lie in it. */
void pages_large(void *at, size_t size_bytes);

/* The same for what is filled from its start and seldom far: from the second large page on. */
void pages_large_later(void *at, size_t size_bytes);

#endif
