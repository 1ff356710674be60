#include "drawing.h"

#include <stdio.h>
#include <string.h>
#include <vips/vips.h>

static gpointer start(gpointer unused) {
  (void)unused;
  return GINT_TO_POINTER(vips_init("permafrost"));
}

static int is_started(void) {
  static GOnce once = G_ONCE_INIT;
  return GPOINTER_TO_INT(g_once(&once, start, NULL)) == 0;
}

int drawing_is_possible(void) {
  return is_started() && vips_type_find("VipsOperation", "svgload_buffer") != 0;
}

int drawing_png(const char *svg, size_t length, double scale, uint8_t **png, size_t *count,
                char reason[DRAWING_REASON]) {
  VipsImage *image = NULL, *sized = NULL;
  void *bytes = NULL;
  double resolution = scale * 96 / 25.4;  // SVG's pixels are 96 an inch, libvips counts a millimetre
  int failed = !is_started() || vips_svgload_buffer((void *)svg, length, &image, "scale", scale, NULL) ||
               vips_copy(image, &sized, "xres", resolution, "yres", resolution, NULL) ||
               vips_pngsave_buffer(sized, &bytes, count, NULL);
  if (sized) g_object_unref(sized);
  if (image) g_object_unref(image);
  if (failed) {
    snprintf(reason, DRAWING_REASON, "%s", vips_error_buffer());
    reason[strcspn(reason, "\n")] = 0;
    vips_error_clear();
    return 1;
  }
  *png = bytes;
  return 0;
}

void drawing_free(uint8_t *png) {
  g_free(png);
}
