#include "pf_network.h"
#include <stddef.h>
const pf_network_kernels *pf_network_kernels_for(pf_isa isa) { (void)isa; return NULL; }
