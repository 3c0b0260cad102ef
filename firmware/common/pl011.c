/* Console on a PL011 at PL011. */
#include "access.h"
#include "console.h"

enum { DR = 0x00, FR = 0x18, FR_RXFE = 0x10, FR_TXFF = 0x20 };
enum { LCR_H = 0x2C, WORD_8_FIFO = 0x70, CR = 0x30, CR_ON = 0x301 };

void console_put(char byte)
{
    static int ready;

    if (!ready) {
        device_write(PL011 + LCR_H, WORD_8_FIFO);
        device_write(PL011 + CR, CR_ON);
        ready = 1;
    }
    while (device_read(PL011 + FR) & FR_TXFF) {
    }
    device_write(PL011 + DR, (uint8_t)byte);
}

char console_get(void)
{
    while (device_read(PL011 + FR) & FR_RXFE) {
    }
    return (char)device_read(PL011 + DR);
}
