#include "kvm/world.h"

const char host_design[] = "el2host";
