#include "linear.h"

#if defined(__aarch64__)
#include <arm_neon.h>

#include "../network/vector_neon.h"

#define LINEAR_KERNELS pf_linear_kernels_neon
#define LINEAR_NAME "neon"
#define SCORE_ROWS 4
#define SCORE_OUTPUTS 5
#define SUM_OUTPUTS 5
#define SUM_VECTORS 4
#define MOVE_ROWS 0
#include "linear.template.h"
#endif
