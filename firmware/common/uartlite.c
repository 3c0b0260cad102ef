/* Console on an AXI UARTLite at UARTLITE. */
#include "access.h"
#include "console.h"

enum { TX = 0x4, STAT = 0x8, TX_FULL = 0x8 };

void console_put(char byte)
{
    while (device_read(UARTLITE + STAT) & TX_FULL) {
    }
    device_write(UARTLITE + TX, (uint8_t)byte);
}
