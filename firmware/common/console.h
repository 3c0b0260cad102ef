/* The board's console: one byte out or in, waiting while the UART is full or empty. */
#ifndef CONSOLE_H
#define CONSOLE_H

void console_put(char byte);
char console_get(void);

#endif
