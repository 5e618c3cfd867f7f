/* Pieces of JSON that several files of results have alike. */
#ifndef EL2SIM_REPORT_JSON_PARTS_H
#define EL2SIM_REPORT_JSON_PARTS_H

#include <jansson.h>

#include "sim/board/machine.h"

/* [{file, sha256}], files without their folder. The caller owns it. */
json_t *report_images_json(const struct image_list *images);

#endif
