// The C kernels of Permafrost. Internal: symbols start with `pf_`, nothing here is public API.
#ifndef CPERMAFROST_KERNELS_H
#define CPERMAFROST_KERNELS_H
#include "pf_files.h"
#include "pf_isa.h"
#include "pf_linear.h"
#include "pf_margins.h"
#include "pf_network.h"
#include "pf_pool.h"
#include "pf_resample.h"
#include "pf_products.h"
#include "pf_rows.h"
#include "pf_thread.h"
#endif
