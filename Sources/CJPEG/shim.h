// libjpeg-turbo, which libvips needs as well.
#ifndef PERMAFROST_CJPEG_SHIM_H
#define PERMAFROST_CJPEG_SHIM_H
#include <stdio.h>
#include <jpeglib.h>
#endif
