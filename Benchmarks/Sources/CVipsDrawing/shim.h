// libvips, here for drawings; the library's own `CVips` belongs to it.
#ifndef PERMAFROST_CVIPS_DRAWING_SHIM_H
#define PERMAFROST_CVIPS_DRAWING_SHIM_H
#include <vips/vips.h>
#endif
