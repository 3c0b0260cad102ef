/* What newlib asks of a board: a console that only writes, and a heap of fixed size. */
#include <errno.h>
#include <stddef.h>
#include <sys/stat.h>

#include "console.h"

/* newlib puts an underscore before these names on ARM and none on MicroBlaze. */
#ifdef __arm__
#define NAME(name) _##name
#else
#define NAME(name) name
#endif

extern char _heap_start[], _heap_end[];

int NAME(write)(int file, const char *data, int length)
{
    (void)file;
    for (int i = 0; i < length; i++)
        console_put(data[i]);
    return length;
}

void *NAME(sbrk)(ptrdiff_t increment)
{
    static char *top = _heap_start;
    char *old = top;

    if (increment > _heap_end - top) {
        errno = ENOMEM;
        return (void *)-1;
    }
    top += increment;
    return old;
}

int NAME(read)(int file, char *data, int length)
{
    (void)file, (void)data, (void)length;
    return 0;
}

int NAME(fstat)(int file, struct stat *status)
{
    (void)file;
    status->st_mode = S_IFCHR;
    return 0;
}

int NAME(isatty)(int file)
{
    (void)file;
    return 1;
}

int NAME(lseek)(int file, int offset, int from)
{
    (void)file, (void)offset, (void)from;
    return 0;
}

int NAME(close)(int file)
{
    (void)file;
    return -1;
}

int NAME(getpid)(void)
{
    return 1;
}

int NAME(kill)(int process, int signal)
{
    (void)process, (void)signal;
    errno = EINVAL;
    return -1;
}

/* abort() and exit() end here: a branch to itself. */
void _exit(int status)
{
    (void)status;
    for (;;) {
    }
}
