/* One line at a time: format first, then write, so that a line is never half of each core. */
#include <stdarg.h>
#include <stdio.h>

#include "console.h"
#include "mailbox.h"

void say(const char *format, ...)
{
    char line[96];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    for (const char *next = line; *next; next++)
        console_put(*next);
    console_put('\n');
}
