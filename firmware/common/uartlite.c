/* Console on an AXI UARTLite at UARTLITE. */
#include "access.h"
#include "console.h"

enum { RX = 0x0, TX = 0x4, STAT = 0x8, RX_VALID = 0x1, TX_FULL = 0x8 };

void console_put(char byte)
{
    while (device_read(UARTLITE + STAT) & TX_FULL) {
    }
    device_write(UARTLITE + TX, (uint8_t)byte);
}

char console_get(void)
{
    while (!(device_read(UARTLITE + STAT) & RX_VALID)) {
    }
    return (char)device_read(UARTLITE + RX);
}
