// ggml as a peer: its ternary format TQ2_0 (2.0625 bits a weight) and the int8
// format Q8_K that goes with it, on one thread. The wheel libggml-python has the
// libraries.
#include "lines.h"

#include <ggml-cpu.h>
#include <ggml.h>

static const struct ggml_type_traits_cpu *tq2, *q8;
static struct {
  int rows, cols;
  char *weights;
  float *x, *y;
  void *q;
} now;

// gemv multiplies the weights with one token that is quantised already.
static void gemv(void) {
  size_t row = ggml_row_size(GGML_TYPE_TQ2_0, now.cols);
  for (int i = 0; i < now.rows; i++) tq2->vec_dot(now.cols, now.y + i, 0, now.weights + i * row, 0, now.q, 0, 1);
}

static void quantise(void) {
  size_t row = ggml_row_size(GGML_TYPE_Q8_K, now.cols);
  for (int i = 0; i < now.rows; i++) q8->from_float(now.x + (size_t)i * now.cols, (char *)now.q + i * row, now.cols);
}

static piece prepare(const char *work, int threads, const char **why) {
  free(now.weights), free(now.x), free(now.y), free(now.q);
  memset(&now, 0, sizeof now);
  int is_gemv = sscanf(work, "gemv %d %d", &now.rows, &now.cols) == 2;
  if (!is_gemv && sscanf(work, "quantise %d %d", &now.rows, &now.cols) != 2) {
    *why = "this peer knows ggml's gemv and quantise alone";
    return NULL;
  }
  if (threads != 1) {
    *why = "ggml's kernels have one thread";
    return NULL;
  }
  if (now.cols % 256) {
    *why = "ggml's blocks have 256 columns";
    return NULL;
  }
  if (!is_gemv) {
    now.x = room(sizeof(float) * now.rows * now.cols);
    noise(now.x, (size_t)now.rows * now.cols);
    now.q = room(ggml_row_size(GGML_TYPE_Q8_K, now.cols) * now.rows);
    return quantise;
  }
  now.x = room(sizeof(float) * now.cols);
  now.y = room(sizeof(float) * now.rows);
  now.q = room(ggml_row_size(GGML_TYPE_Q8_K, now.cols));
  size_t row = ggml_row_size(GGML_TYPE_TQ2_0, now.cols);
  now.weights = room(row * now.rows);
  noise(now.x, now.cols);
  for (int i = 0; i < now.rows; i++) ggml_quantize_chunk(GGML_TYPE_TQ2_0, now.x, now.weights + i * row, 0, 1, now.cols, NULL);
  q8->from_float(now.x, now.q, now.cols);
  return gemv;
}

int main(void) {
  ggml_cpu_init();
  tq2 = ggml_get_type_traits_cpu(GGML_TYPE_TQ2_0);
  q8 = ggml_get_type_traits_cpu(GGML_TYPE_Q8_K);
  char about[100];
  snprintf(about, sizeof about, "ggml %s TQ2_0", ggml_version());
  return serve(about);
}
