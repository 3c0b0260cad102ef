/* The smallest program with all of newlib's printf in it: integers, strings, floating point. */
#include <stdio.h>

static volatile int forty_two = 42;
static volatile double third = 1.0 / 3.0;

int main(void)
{
    printf("hello from %s\n", BOARD);
    printf("integers: %d %5d %-5d| %05d %x %X %o %u %ld\n", forty_two, forty_two, forty_two,
           -forty_two, forty_two, forty_two, forty_two, (unsigned)-forty_two, (long)forty_two);
    printf("64 bits: %lld %016llx\n", -1000000000LL * forty_two, 0x0123456789abcdefLL * forty_two);
    printf("strings: [%s] [%8s] [%-8s] [%.3s] %c\n", "text", "right", "left", "truncated", 'c');
    printf("floating point: %f %.10f %e %g\n", third, 100 * third, 1e10 * third, third / 1e5);
    printf("== end ==\n");
    return 0;
}
