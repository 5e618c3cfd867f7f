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

#endif
