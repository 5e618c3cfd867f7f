/*
 * Vectors from vcpu_load() to vcpu_put(): the host runs with them too, so what is taken from EL2 is
 * its own; what comes from below is a guest's.
 */
#include "kvm/guest_vectors.h"

    guest_vector_table sync=kernel_sync, irq=kernel_irq
