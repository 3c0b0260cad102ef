/* The board's console: one byte out, waiting while the UART is full. */
#ifndef CONSOLE_H
#define CONSOLE_H

void console_put(char byte);

#endif
