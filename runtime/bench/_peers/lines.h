// The peers' side of the conversation: see README.md.
//
// A peer defines prepare, which makes ready for a case and returns what does it
// once, or NULL and a reason; and calls serve.
#define _GNU_SOURCE
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

typedef void (*piece)(void);

static piece prepare(const char *work, int threads, const char **why);

static double seconds(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + t.tv_nsec * 1e-9;
}

static int serve(const char *about) {
  printf("%s\n", about);
  fflush(stdout);
  char line[512], last[512] = "";
  int last_threads = 0;
  piece run = NULL;
  const char *why = "not understood";
  while (fgets(line, sizeof line, stdin)) {
    line[strcspn(line, "\n")] = 0;
    int threads, repeats, used = 0;
    if (sscanf(line, "%d %d %n", &threads, &repeats, &used) < 2 || !used) {
      printf("no THREADS REPEATS CASE in \"%s\"\n", line);
    } else {
      const char *work = line + used;
      if (threads != last_threads || strcmp(work, last)) {
        run = prepare(work, threads, &why);
        strcpy(last, work);
        last_threads = threads;
      }
      if (!run) {
        printf("no %s\n", why);
      } else {
        run();
        double began = seconds();
        for (int i = 0; i < repeats; i++) run();
        printf("seconds %.9g\n", seconds() - began);
      }
    }
    fflush(stdout);
  }
  return 0;
}

// room is memory that was touched, aligned to a page.
static void *room(size_t bytes) {
  void *p = NULL;
  if (posix_memalign(&p, 4096, bytes ? bytes : 1)) {
    fprintf(stderr, "no memory for %zu bytes\n", bytes);
    exit(1);
  }
  memset(p, 0, bytes);
  return p;
}

// noise fills x with numbers between -1 and 1.
static void noise(float *x, size_t n) {
  uint64_t s = 88172645463325252ull;
  for (size_t i = 0; i < n; i++) {
    s ^= s << 13, s ^= s >> 7, s ^= s << 17;
    x[i] = (float)(s >> 40) / (1 << 23) - 1;
  }
}
