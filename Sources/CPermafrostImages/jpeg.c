// JPEG through libjpeg-turbo itself: the same pixels as through libvips or Pillow in half of libvips' time, and
// nothing shared between threads, neither an error buffer nor a log.
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <jpeglib.h>
#include <jerror.h>
#include "internal.h"

// A picture of a few bytes can ask for any number of passes over all its pixels. Encoders write about ten.
enum { scan_limit = 100 };

typedef struct jpeg_state {
  struct jpeg_decompress_struct decompress;
  struct jpeg_error_mgr errors;
  struct jpeg_source_mgr source;
  struct jpeg_progress_mgr progress;
  jmp_buf failed;
  char message[JMSG_LENGTH_MAX];
} jpeg_state;

// MARK: what libjpeg calls

static void fail(j_common_ptr common) {
  jpeg_state *state = common->client_data;
  common->err->format_message(common, state->message);
  longjmp(state->failed, 1);
}

static void ignore_message(j_common_ptr common, int level) {
  (void)level;
  (void)common;  // a warning; what cannot be decoded at all comes to `fail`
}

static void ignore_source(j_decompress_ptr decompress) {
  (void)decompress;
}

// All bytes were there from the start, so whoever asks for more has a picture that was cut short. libjpeg's own
// source would go on with grey.
static boolean no_more_bytes(j_decompress_ptr decompress) {
  ERREXIT(decompress, JERR_INPUT_EOF);
  return FALSE;
}

static void skip_bytes(j_decompress_ptr decompress, long count) {
  struct jpeg_source_mgr *source = decompress->src;
  if (count <= 0) return;
  if ((unsigned long)count > source->bytes_in_buffer) no_more_bytes(decompress);
  source->next_input_byte += count;
  source->bytes_in_buffer -= (size_t)count;
}

static void count_scans(j_common_ptr common) {
  if (((j_decompress_ptr)common)->input_scan_number <= scan_limit) return;
  jpeg_state *state = common->client_data;
  snprintf(state->message, sizeof state->message, "more than %d scans", scan_limit);
  longjmp(state->failed, 1);
}

// MARK: the header

static int orientation_of(const struct jpeg_decompress_struct *decompress) {
  int of_xmp = 0;
  for (jpeg_saved_marker_ptr marker = decompress->marker_list; marker; marker = marker->next) {
    int of_exif = pf_orientation_of_exif(marker->data, marker->data_length);
    if (of_exif) return of_exif;
    if (!of_xmp) of_xmp = pf_orientation_of_xmp(marker->data, marker->data_length);
  }
  return of_xmp ? of_xmp : 1;
}

static void close_jpeg(pf_image *image) {
  jpeg_state *state = image->state;
  jpeg_destroy_decompress(&state->decompress);
  free(state);
}

static pf_image_status read_jpeg(pf_image *image, uint8_t *rgb, char reason[PF_IMAGE_REASON]);

pf_image_status pf_jpeg_open(pf_image *image, char reason[PF_IMAGE_REASON]) {
  static const pf_decoder decoder = {read_jpeg, close_jpeg};
  jpeg_state *state = calloc(1, sizeof *state);
  if (!state) {
    pf_reason(reason, "no memory for a jpeg decoder");
    return PF_IMAGE_NO_MEMORY;
  }
  struct jpeg_decompress_struct *decompress = &state->decompress;
  decompress->err = jpeg_std_error(&state->errors);
  state->errors.error_exit = fail;
  state->errors.emit_message = ignore_message;
  decompress->client_data = state;
  image->state = state;
  if (setjmp(state->failed)) {
    pf_reason(reason, "the jpeg header cannot be read: %s", state->message);
    close_jpeg(image);
    return PF_IMAGE_DAMAGED;
  }
  jpeg_create_decompress(decompress);  // keeps err and client_data
  state->source = (struct jpeg_source_mgr){
      .next_input_byte = image->bytes,
      .bytes_in_buffer = image->count,
      .init_source = ignore_source,
      .fill_input_buffer = no_more_bytes,
      .skip_input_data = skip_bytes,
      .resync_to_restart = jpeg_resync_to_restart,
      .term_source = ignore_source,
  };
  decompress->src = &state->source;
  state->progress.progress_monitor = count_scans;
  decompress->progress = &state->progress;
  jpeg_save_markers(decompress, JPEG_APP0 + 1, 0xffff);
  jpeg_read_header(decompress, TRUE);

  image->width = decompress->image_width;
  image->height = decompress->image_height;
  image->orientation = orientation_of(decompress);
  image->decoder = &decoder;
  pf_image_status status = pf_check_size(image, reason);
  if (status == PF_IMAGE_OK && decompress->num_components != 1 && decompress->num_components != 3 &&
      decompress->num_components != 4) {
    pf_reason(reason, "a jpeg picture of %d components is not supported", decompress->num_components);
    status = PF_IMAGE_UNKNOWN_FORMAT;
  }
  if (status != PF_IMAGE_OK) pf_image_close(image);
  return status;
}

// MARK: the pixels

// Four components are ink, which every program since Photoshop writes inverted.
static void read_inks(struct jpeg_decompress_struct *decompress, uint8_t *rgb) {
  size_t width = decompress->output_width;
  JSAMPARRAY line = decompress->mem->alloc_sarray((j_common_ptr)decompress, JPOOL_IMAGE,
                                                  decompress->output_width * 4, 1);
  while (decompress->output_scanline < decompress->output_height) {
    jpeg_read_scanlines(decompress, line, 1);
    for (size_t x = 0; x < width; x++, rgb += 3) {
      uint8_t inks[4];
      for (int c = 0; c < 4; c++) inks[c] = 255 - line[0][4 * x + (size_t)c];
      pf_rgb_of_cmyk(inks, rgb);
    }
  }
}

static void read_colours(struct jpeg_decompress_struct *decompress, uint8_t *rgb) {
  enum { strip = 16 };
  while (decompress->output_scanline < decompress->output_height) {
    JSAMPROW lines[strip];
    for (size_t i = 0; i < strip; i++) {  // those beyond the last line are not written
      lines[i] = rgb + (decompress->output_scanline + i) * decompress->output_width * 3;
    }
    jpeg_read_scanlines(decompress, lines, strip);
  }
}

static pf_image_status read_jpeg(pf_image *image, uint8_t *rgb, char reason[PF_IMAGE_REASON]) {
  jpeg_state *state = image->state;
  struct jpeg_decompress_struct *decompress = &state->decompress;
  if (setjmp(state->failed)) {
    pf_reason(reason, "the jpeg data are damaged or end early, near line %u of %u: %s",
              decompress->output_scanline, decompress->image_height, state->message);
    return PF_IMAGE_DAMAGED;
  }
  bool inks = decompress->num_components == 4;
  decompress->out_color_space = inks ? JCS_CMYK : JCS_RGB;
  jpeg_start_decompress(decompress);
  if (inks) {
    read_inks(decompress, rgb);
  } else {
    read_colours(decompress, rgb);
  }
  return PF_IMAGE_OK;
}
