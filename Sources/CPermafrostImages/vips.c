// Every format but JPEG, and JPEG with a colour profile to apply, through libvips.
#include <stdio.h>
#include <string.h>
#include "vips.h"

// MARK: libvips' process-wide state

static gpointer start(gpointer unused) {
  (void)unused;
  return GINT_TO_POINTER(vips_init("permafrost"));
}

int pf_vips_start(void) {
  static GOnce once = G_ONCE_INIT;  // vips_init itself is not safe against a second thread
  return GPOINTER_TO_INT(g_once(&once, start, NULL));
}

// libvips has one error buffer a process, to which every thread appends. Decoding holds this lock for reading;
// whoever needs the reason of a failure decodes once more with the lock to himself, so that the reason read is
// that picture's and no other's.
static GRWLock error_lock;

// The first line of libvips' messages, printable characters only; empties its buffer.
static void take_message(char *message, size_t room) {
  char *all = vips_error_buffer_copy();
  size_t length = 0;
  for (const char *c = all; *c && *c != '\n' && length + 1 < room; c++) {
    message[length++] = (unsigned char)*c < 0x20 || *c == 0x7f ? ' ' : *c;
  }
  message[length] = 0;
  g_free(all);
}

// MARK: steps

// Built without vips_call, hence not itself in libvips' operation cache. What its loader builds inside is, and
// lives on after this picture: so the bytes are a copy that libvips owns, and `release` empties the loader.
static VipsOperation *load(const char *loader, const uint8_t *bytes, size_t count, VipsImage **image) {
  VipsOperation *operation = vips_operation_new(loader);
  if (!operation) return NULL;
  VipsBlob *blob = vips_blob_copy(bytes, count);
  g_object_set(operation, "buffer", blob, "access", VIPS_ACCESS_SEQUENTIAL, "fail_on", VIPS_FAIL_ON_TRUNCATED,
               NULL);
  vips_area_unref(VIPS_AREA(blob));
  if (vips_object_build(VIPS_OBJECT(operation)) == 0) {
    g_object_get(operation, "out", image, NULL);
    vips_object_unref_outputs(VIPS_OBJECT(operation));
    return operation;
  }
  vips_object_unref_outputs(VIPS_OBJECT(operation));
  g_object_unref(operation);
  return NULL;
}

static void release(VipsOperation *loader, VipsImage *image) {
  vips_image_minimise_all(image);
  g_object_unref(image);
  g_object_run_dispose(G_OBJECT(loader));
  g_object_unref(loader);
  // What libvips keeps for each thread would outlive a thread that is not libvips' own.
  vips_thread_shutdown();
}

// The picture in sRGB by its embedded profile; the picture itself where it has none or one that cannot be used.
static VipsImage *in_srgb(VipsImage *image) {
  if (vips_image_get_typeof(image, VIPS_META_ICC_NAME) == 0) return image;
  VipsOperation *operation = vips_operation_new("icc_transform");
  if (!operation) return image;
  g_object_set(operation, "in", image, "output_profile", "srgb", "embedded", TRUE, "intent",
               VIPS_INTENT_PERCEPTUAL, "depth", 8, NULL);
  VipsImage *converted = NULL;
  if (vips_object_build(VIPS_OBJECT(operation)) == 0) g_object_get(operation, "out", &converted, NULL);
  vips_object_unref_outputs(VIPS_OBJECT(operation));
  g_object_unref(operation);
  if (!converted) return image;
  g_object_unref(image);
  return converted;
}

// Pulls the pixels in strips through a region in this thread; libvips' own sinks would wake its thread pool,
// which costs more than a small picture. `rgb` NULL: only to hear of a failure. Returns the lines converted.
static size_t pull(VipsImage *image, pf_line_converter convert, uint8_t *rgb) {
  enum { strip_height = 16 };
  size_t width = (size_t)image->Xsize, height = (size_t)image->Ysize, done = 0;
  VipsRegion *region = vips_region_new(image);
  while (region && done < height) {
    int lines = (int)(height - done < strip_height ? height - done : strip_height);
    VipsRect strip = {0, (int)done, image->Xsize, lines};
    if (vips_region_prepare(region, &strip)) break;
    for (int line = 0; line < lines && rgb; line++) {
      convert(VIPS_REGION_ADDR(region, 0, strip.top + line), width, image->Bands,
              rgb + (done + (size_t)line) * width * 3);
    }
    done += (size_t)lines;
  }
  if (region) g_object_unref(region);
  return done;
}

static void explain(const pf_image *image, const char *loader, const char *what,
                    char reason[PF_IMAGE_REASON]) {
  char message[PF_IMAGE_REASON / 2];
  g_rw_lock_writer_lock(&error_lock);
  vips_error_clear();
  VipsImage *again = NULL;
  VipsOperation *operation = load(loader, image->bytes, image->count, &again);
  if (operation) {
    pull(again, NULL, NULL);
    release(operation, again);
  }
  take_message(message, sizeof message);
  g_rw_lock_writer_unlock(&error_lock);
  pf_reason(reason, message[0] ? "%s: %s" : "%s", what, message);
}

// MARK: the decoder

typedef struct vips_state {
  pf_format format;
  VipsOperation *loader;
  VipsImage *image;
} vips_state;

static pf_image_status read_vips(pf_image *image, uint8_t *rgb, char reason[PF_IMAGE_REASON]) {
  vips_state *state = image->state;
  g_rw_lock_reader_lock(&error_lock);
  if (image->options.apply_profile) state->image = in_srgb(state->image);
  pf_line_converter convert = pf_line_converter_of(state->image);
  size_t lines = convert ? pull(state->image, convert, rgb) : 0;
  g_rw_lock_reader_unlock(&error_lock);
  if (!convert) {
    pf_reason(reason, "the %s picture's pixels are of a kind that is not supported", state->format.name);
    return PF_IMAGE_UNKNOWN_FORMAT;
  }
  if (lines < image->height) {
    char what[96];
    snprintf(what, sizeof what, "the %s data are damaged or end early, near line %zu of %zu",
             state->format.name, lines, image->height);
    explain(image, state->format.loader, what, reason);
    return PF_IMAGE_DAMAGED;
  }
  return PF_IMAGE_OK;
}

static void close_vips(pf_image *image) {
  vips_state *state = image->state;
  release(state->loader, state->image);
  g_free(state);
}

pf_image_status pf_vips_open(pf_image *image, pf_format format, char reason[PF_IMAGE_REASON]) {
  static const pf_decoder decoder = {read_vips, close_vips};
  if (pf_vips_start()) {
    pf_reason(reason, "libvips does not start");
    return PF_IMAGE_UNKNOWN_FORMAT;
  }
  if (vips_type_find("VipsForeignLoad", format.loader) == 0) {
    pf_reason(reason, "this libvips was built without %s", format.name);
    return PF_IMAGE_UNKNOWN_FORMAT;
  }
  VipsImage *loaded = NULL;
  g_rw_lock_reader_lock(&error_lock);
  VipsOperation *loader = load(format.loader, image->bytes, image->count, &loaded);
  g_rw_lock_reader_unlock(&error_lock);
  if (!loader) {
    char what[64];
    snprintf(what, sizeof what, "the %s header cannot be read", format.name);
    explain(image, format.loader, what, reason);
    return PF_IMAGE_DAMAGED;
  }
  vips_state *state = g_new(vips_state, 1);
  *state = (vips_state){format, loader, loaded};
  image->state = state;
  image->decoder = &decoder;
  image->width = (size_t)loaded->Xsize;
  image->height = (size_t)loaded->Ysize;
  image->orientation = vips_image_get_orientation(loaded);
  pf_image_status status = pf_check_size(image, reason);
  if (status != PF_IMAGE_OK) pf_image_close(image);
  return status;
}
