/* Cache maintenance of pages that were written through the data side. */
#ifndef EL2SIM_HYP_KERNEL_CACHE_H
#define EL2SIM_HYP_KERNEL_CACHE_H

#include "types.h"

/* Both for the 4 KiB at `page`; on return all CPUs fetch what is there. */
void cache_page_to_pou(const void *page); /* new code, for whoever has caches */
void cache_page_to_poc(const void *page); /* also seen by a guest whose caches are off */

#endif
