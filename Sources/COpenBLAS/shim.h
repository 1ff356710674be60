// CBLAS and LAPACK of OpenBLAS. Only `Tensors` imports this module.
#ifndef PERMAFROST_COPENBLAS_SHIM_H
#define PERMAFROST_COPENBLAS_SHIM_H
#include <cblas.h>
#include <stddef.h>

// LAPACK as Fortran compilers link it: every argument by address, then the lengths of the character ones. The
// header with these prototypes is a package of its own on Debian; the routines are in OpenBLAS itself.
void dpotrf_(const char *uplo, const blasint *n, double *a, const blasint *lda, blasint *info, size_t);
void dsyevd_(const char *jobz, const char *uplo, const blasint *n, double *a, const blasint *lda, double *w,
             double *work, const blasint *lwork, blasint *iwork, const blasint *liwork, blasint *info, size_t,
             size_t);
#endif
