// OpenBLAS as a peer: openblas LIBRARY. The library is opened at run time; the
// wheel scipy-openblas32 has a current one, with "scipy_" before its names.
#include <dlfcn.h>

#include "lines.h"

typedef void (*sgemm_function)(int order, int ta, int tb, int m, int n, int k, float alpha, const float *a, int lda,
                               const float *b, int ldb, float beta, float *c, int ldc);

static sgemm_function sgemm;
static void (*set_threads)(int);
static struct {
  int ta, tb, m, n, k, lda, ldb;
  float *a, *b, *c;
} now;

static void gemm(void) {
  sgemm(101, now.ta, now.tb, now.m, now.n, now.k, 1, now.a, now.lda, now.b, now.ldb, 0, now.c, now.n);
}

static piece prepare(const char *work, int threads, const char **why) {
  char form[3];
  if (sscanf(work, "gemm %2s %d %d %d", form, &now.m, &now.n, &now.k) != 4) {
    *why = "OpenBLAS has nothing like it";
    return NULL;
  }
  now.ta = form[0] == 'T' ? 112 : 111;
  now.tb = form[1] == 'T' ? 112 : 111;
  now.lda = form[0] == 'T' ? now.m : now.k;
  now.ldb = form[1] == 'T' ? now.k : now.n;
  free(now.a), free(now.b), free(now.c);
  size_t m = now.m, n = now.n, k = now.k;
  now.a = room(4 * m * k), now.b = room(4 * k * n), now.c = room(4 * m * n);
  noise(now.a, m * k), noise(now.b, k * n);
  set_threads(threads);
  return gemm;
}

// symbol finds a function under its own name or with the wheel's prefix.
static void *symbol(void *library, const char *name) {
  void *p = dlsym(library, name);
  char prefixed[100];
  snprintf(prefixed, sizeof prefixed, "scipy_%s", name);
  if (!p) p = dlsym(library, prefixed);
  if (!p) fprintf(stderr, "openblas: there is no %s\n", name), exit(1);
  return p;
}

int main(int argc, char **argv) {
  void *library = dlopen(argc > 1 ? argv[1] : "libopenblas.so.0", RTLD_NOW);
  if (!library) {
    fprintf(stderr, "openblas: %s\n", dlerror());
    return 1;
  }
  sgemm = (sgemm_function)symbol(library, "cblas_sgemm");
  set_threads = (void (*)(int))symbol(library, "openblas_set_num_threads");
  const char *(*config)(void) = (const char *(*)(void))symbol(library, "openblas_get_config");
  const char *(*core)(void) = (const char *(*)(void))symbol(library, "openblas_get_corename");
  char about[200], name[20] = "OpenBLAS", version[20] = "";
  sscanf(config(), "%19s %19s", name, version);
  snprintf(about, sizeof about, "%s %s %s", name, version, core());
  return serve(about);
}
