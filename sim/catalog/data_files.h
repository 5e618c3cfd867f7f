/*
 * Where the program's own data is (profiles, designs, guest images), and YAML files with a schema.
 *
 * Directories, first match wins: $EL2SIM_DATA, share/el2sim of where the program or the library is
 * installed, the tree it was built in, the place that it was configured for. "real" is software
 * that scripts/real-software.sh fetches: $EL2SIM_REAL first.
 */
#ifndef EL2SIM_CATALOG_DATA_FILES_H
#define EL2SIM_CATALOG_DATA_FILES_H

#include <cyaml/cyaml.h>

#include "sim/base/err.h"

#define DATA_PATH_MAX 1024

/*
 * Finds what the user named: a path if it holds a slash or ends in `suffix`, else NAME.suffix in
 * the data directory of that kind
 * ("profiles", "designs", "papers", "guest", "real"). False with *e, which lists what there is.
 */
bool data_file_find(const char *kind, const char *name, const char *suffix,
                    char path[DATA_PATH_MAX], struct err *e);

/* That very file of the data directory; false if it is not there. */
bool data_file_in(const char *kind, const char *name, char path[DATA_PATH_MAX]);

/* Names in a data directory, without suffix, sorted; *count of them. Free each and the array. */
char **data_file_list(const char *kind, const char *suffix, unsigned *count);

/* (libyaml has symbols yaml_*: ours are data_yaml_*.) Loads a YAML file by schema; an error names
 * file and line as libcyaml says them. */
bool data_yaml_load(const char *path, const cyaml_schema_value_t *schema, void **out,
                    struct err *e);
void data_yaml_free(const cyaml_schema_value_t *schema, void *data);

#endif
