/* Vectors while a guest may run: the host never does with these. */
#include "kvm/guest_vectors.h"

    guest_vector_table
