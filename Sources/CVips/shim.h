// libvips. Its calls are C-variadic, which Swift cannot see: `CPermafrostImages` wraps the few that are used.
#ifndef PERMAFROST_CVIPS_SHIM_H
#define PERMAFROST_CVIPS_SHIM_H
#include <vips/vips.h>
#endif
