// libvips through calls that are not C-variadic. Internal to Permafrost.
#ifndef CPERMAFROST_IMAGES_H
#define CPERMAFROST_IMAGES_H
#endif
