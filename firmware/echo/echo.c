/* Reads a line from the console and prints it back: input works, byte for byte. */
#include <stdio.h>

#include "console.h"

int main(void)
{
    char line[64];
    unsigned length = 0;

    printf("say something: ");
    fflush(stdout);
    while (length < sizeof line - 1) {
        char byte = console_get();

        if (byte == '\n' || byte == '\r')
            break;
        line[length++] = byte;
    }
    line[length] = 0;
    printf("\nheard %u bytes: %s\n== end ==\n", length, line);
    return 0;
}
