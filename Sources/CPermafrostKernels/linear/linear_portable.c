#include "linear.h"
#include "../network/vector_portable.h"

#define LINEAR_KERNELS pf_linear_kernels_portable
#define LINEAR_NAME "portable"
#define SCORE_ROWS 2
#define SCORE_OUTPUTS 3
#define SUM_OUTPUTS 3
#define SUM_VECTORS 2
#define MOVE_ROWS 0
#include "linear.template.h"
