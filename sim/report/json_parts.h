/* Pieces of JSON that several files of results have alike. The caller owns what is returned. */
#ifndef EL2SIM_REPORT_JSON_PARTS_H
#define EL2SIM_REPORT_JSON_PARTS_H

#include <jansson.h>

#include "sim/board/machine.h"
#include "sim/catalog/profile.h"
#include "sim/report/report.h"

/* [{file, sha256}], files without their folder. */
json_t *report_images_json(const struct image_list *images);

/* Name, hash, rates, TLB, every price with its source, and what it was fitted to. */
json_t *report_profile_json(const struct profile *p);

json_t *report_machine_json(const struct machine_config *c);

/* Adds exceptions, exits, tlb, unmodelled, broken_devices to an object. */
void report_figures_json(json_t *into, const struct run_figures *f);

#endif
