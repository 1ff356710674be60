// CBLAS and LAPACK of OpenBLAS. Only `Tensors` imports this module.
#ifndef PERMAFROST_COPENBLAS_SHIM_H
#define PERMAFROST_COPENBLAS_SHIM_H
#include <cblas.h>
#endif
