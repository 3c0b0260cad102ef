/* A register of the UART, read (mode 0) or written (mode 1) in a loop. */
#include "access.h"
#include "costs.h"

#ifdef PL011
enum { STATUS = PL011 + 0x18, HARMLESS = PL011 + 0x24 /* the baud rate */ };
#else
enum { STATUS = UARTLITE + 0x8, HARMLESS = UARTLITE + 0xC /* resets nothing with 0 */ };
#endif

const char program[] = "device";
volatile u32 rounds = 100;
volatile u32 mode = 0;

void prepare(void)
{
}

u32 work(u32 seed)
{
    if (mode) {
        for (int left = 1000; left; left--)
            device_write(HARMLESS, 0);
    } else {
        for (int left = 1000; left; left--)
            seed += device_read(STATUS);
    }
    return seed;
}
