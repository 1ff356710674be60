#include "network.h"
#include "vector_portable.h"

#define NETWORK_KERNELS pf_network_kernels_portable
#define NETWORK_NAME "portable"
#include "network.template.h"
