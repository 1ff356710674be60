// Compares every kernel of an instruction set with its definition and with the portable table.
//
//   kernels [portable | avx2 | avx512 | neon]...    without a name: all that this processor has
#include <stdio.h>
#include <string.h>

#include "check.h"
#include "suites.h"

static void check_table(pf_isa isa) {
  begin_table(pf_isa_name(isa));
  check_rows(pf_row_kernels_for(isa));
  check_elementwise(pf_network_kernels_for(isa));
  check_convolutions(pf_network_kernels_for(isa));
  check_winograd(pf_network_kernels_for(isa));
  check_windows(pf_network_kernels_for(isa));
  check_inverted_residuals(pf_network_kernels_for(isa));
  check_tokens(pf_network_kernels_for(isa));
  check_linear(pf_linear_kernels_for(isa));
  check_training(pf_linear_kernels_for(isa));
  check_margins(pf_margin_kernels_for(isa));
  check_products(pf_product_kernels_for(isa));
  check_resampling(pf_resample_kernels_for(isa));
  end_table();
}

static bool is_named(pf_isa isa, int count, char **names) {
  for (int i = 0; i < count; i++) {
    if (strcmp(names[i], pf_isa_name(isa)) == 0) return true;
  }
  return false;
}

int main(int count, char **arguments) {
  watch_memory();
  int checked = 0;
  for (int isa = 0; isa < PF_ISA_COUNT; isa++) {
    if (count > 1 && !is_named((pf_isa)isa, count - 1, arguments + 1)) continue;
    if (!pf_isa_supported((pf_isa)isa)) continue;
    check_table((pf_isa)isa);
    checked++;
  }
  if (checked == 0 || (count > 1 && checked != count - 1)) {
    fprintf(stderr, "FAILED: this processor has not all of the instruction sets asked for\n");
    return 1;
  }
  return 0;
}
