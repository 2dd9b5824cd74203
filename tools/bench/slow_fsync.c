/* Makes a disk slower, honestly: every fsync and fdatasync happens and then takes SLOW_FSYNC_US microseconds more.
   Loaded with LD_PRELOAD into one process by tools/bench/slow_fsync.py. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <time.h>

static void wait_longer(void)
{
    const char *text = getenv("SLOW_FSYNC_US");
    long us = text ? atol(text) : 0;
    struct timespec more = {us / 1000000, (us % 1000000) * 1000};
    if (us > 0)
        nanosleep(&more, NULL);
}

int fsync(int fd)
{
    int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, "fsync");
    int status = real(fd);
    wait_longer();
    return status;
}

int fdatasync(int fd)
{
    int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, "fdatasync");
    int status = real(fd);
    wait_longer();
    return status;
}
