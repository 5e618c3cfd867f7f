#include "kvm/world.h"

const char host_design[] = "kvm-vhe-opt";
