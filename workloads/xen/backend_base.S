/* Not where other domains' kernels are: so that an address says whose it is. */
#include "abi/xen_io.h"

    .global image_base
    .set    image_base, DOM0_ENTRY
