/* The table, alone in its object file: only this one changes when the header is generated anew. */
#include "matrix.h"
#include "matrix_rows.h"

MATRIX_ROWS_END;
