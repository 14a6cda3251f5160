/* A clock that can be moved while programs run: what LD_PRELOAD names is asked before the C library. The file that
   LEXHELLER_TEST_CLOCK names holds how many seconds the clock is wrong. Only the wall clock moves, as when somebody sets
   it; the monotonic one goes on. Built by tests/faults/clock.py. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static const volatile int64_t right = 0;
static const volatile int64_t *wrong = &right;

__attribute__((constructor)) static void look(void)
{
    const char *path = getenv("LEXHELLER_TEST_CLOCK");
    int file = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    if (file < 0)
        return;
    void *seen = mmap(NULL, sizeof *wrong, PROT_READ, MAP_SHARED, file, 0);
    if (seen != MAP_FAILED)
        wrong = seen;
    close(file);
}

int clock_gettime(clockid_t which, struct timespec *now)
{
    int code = (int)syscall(SYS_clock_gettime, which, now);
    if (code == 0 && (which == CLOCK_REALTIME || which == CLOCK_REALTIME_COARSE))
        now->tv_sec += *wrong;
    return code;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone)
{
    struct timespec exact;
    (void)zone;
    clock_gettime(CLOCK_REALTIME, &exact);
    now->tv_sec = exact.tv_sec;
    now->tv_usec = exact.tv_nsec / 1000;
    return 0;
}

time_t time(time_t *out)
{
    struct timespec exact;
    clock_gettime(CLOCK_REALTIME, &exact);
    if (out)
        *out = exact.tv_sec;
    return exact.tv_sec;
}
