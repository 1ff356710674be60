#include "CPermafrostImages.h"
