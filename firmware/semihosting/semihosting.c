/* Everything newlib asks of a semihosting host: arguments, console, standard error, clock, exit. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

int main(int argc, char **argv)
{
    clock_t started = clock();
    FILE *console = fopen(":tt", "w");

    printf("semihosting: printf says %d, %s, %.3f\n", 42, "forty-two", 42.0);
    printf("%d arguments\n", argc);
    for (int i = 0; i < argc; i++)
        printf("argv[%d] = %s\n", i, argv[i]);
    if (console) {
        fprintf(console, "written to :tt\n");
        fclose(console);
    } else {
        printf("cannot open :tt\n");
    }
    printf("clock %s\n", started != (clock_t)-1 && clock() >= started ? "goes forward" : "is wrong");
    fflush(stdout);
    fprintf(stderr, "written to stderr\n");
    printf("== end ==\n");
    exit(42);
}
