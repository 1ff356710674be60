#include "network.h"

#if defined(__aarch64__)
#include <arm_neon.h>

#include "vector_neon.h"

#define NETWORK_KERNELS pf_network_kernels_neon
#define NETWORK_NAME "neon"
#include "network.template.h"
#endif
