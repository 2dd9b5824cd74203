/* Hours that pass at once: all clocks of a program stand as far ahead as the file LEAPING_CLOCK says.
   Loaded with LD_PRELOAD by tools/faults/leaping_clock.py. The file holds one signed 64-bit count of nanoseconds
   and is mapped, so a leap is seen by every program at once and costs nothing to look at. Waits for an absolute
   time are told the kernel in its own time. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define NS 1000000000LL

static volatile const int64_t *ahead_ns;

__attribute__((constructor)) static void map_file(void)
{
    const char *file = getenv("LEAPING_CLOCK");
    int fd = file == NULL ? -1 : open(file, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return;
    void *page = mmap(NULL, sizeof *ahead_ns, PROT_READ, MAP_SHARED, fd, 0);
    close(fd);
    if (page != MAP_FAILED)
        ahead_ns = page;
}

static int64_t ahead(void)
{
    return ahead_ns == NULL ? 0 : *ahead_ns;
}

static struct timespec shifted(struct timespec at, int64_t by_ns)
{
    int64_t total = at.tv_sec * NS + at.tv_nsec + by_ns;
    struct timespec moved = {.tv_sec = total / NS, .tv_nsec = total % NS};
    if (moved.tv_nsec < 0) {
        moved.tv_nsec += NS;
        moved.tv_sec -= 1;
    }
    return moved;
}

int clock_gettime(clockid_t clock, struct timespec *now)
{
    static int (*theirs)(clockid_t, struct timespec *);
    if (theirs == NULL)
        theirs = (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
    int result = theirs(clock, now);
    if (result == 0 && clock != CLOCK_PROCESS_CPUTIME_ID && clock != CLOCK_THREAD_CPUTIME_ID)
        *now = shifted(*now, ahead());
    return result;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone)
{
    struct timespec at;
    (void)zone;
    if (clock_gettime(CLOCK_REALTIME, &at) != 0)
        return -1;
    now->tv_sec = at.tv_sec;
    now->tv_usec = at.tv_nsec / 1000;
    return 0;
}

time_t time(time_t *now)
{
    struct timespec at;
    if (clock_gettime(CLOCK_REALTIME, &at) != 0)
        return -1;
    if (now != NULL)
        *now = at.tv_sec;
    return at.tv_sec;
}

/* Python's locks with a timeout wait by one of the first two. */

int sem_clockwait(sem_t *semaphore, clockid_t clock, const struct timespec *until)
{
    int (*theirs)(sem_t *, clockid_t, const struct timespec *) = dlsym(RTLD_NEXT, "sem_clockwait");
    struct timespec real = shifted(*until, -ahead());
    return theirs(semaphore, clock, &real);
}

int sem_timedwait(sem_t *semaphore, const struct timespec *until)
{
    int (*theirs)(sem_t *, const struct timespec *) = dlsym(RTLD_NEXT, "sem_timedwait");
    struct timespec real = shifted(*until, -ahead());
    return theirs(semaphore, &real);
}

int pthread_cond_timedwait(pthread_cond_t *condition, pthread_mutex_t *mutex, const struct timespec *until)
{
    int (*theirs)(pthread_cond_t *, pthread_mutex_t *, const struct timespec *) =
        dlsym(RTLD_NEXT, "pthread_cond_timedwait");
    struct timespec real = shifted(*until, -ahead());
    return theirs(condition, mutex, &real);
}
