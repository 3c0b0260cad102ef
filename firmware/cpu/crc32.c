/* CRC-32 (the one of Ethernet) of a packet: by a table, by nibbles and bit by bit. */
#include "cpu.h"

enum { PACKET = 1500, POLYNOMIAL = 0xEDB88320 };

const char program[] = "crc32";
volatile u32 rounds = 85000;

static u32 table[256];
static u32 nibbles[16];
static u8 packet[PACKET];

static u32 divide(u32 remainder, int bits)
{
    while (bits--)
        remainder = remainder & 1 ? remainder >> 1 ^ (u32)POLYNOMIAL : remainder >> 1;
    return remainder;
}

void prepare(void)
{
    u32 state = 0x1234567;

    for (u32 i = 0; i < COUNT(table); i++)
        table[i] = divide(i, 8);
    for (u32 i = 0; i < COUNT(nibbles); i++)
        nibbles[i] = divide(i, 4);
    for (u32 i = 0; i < COUNT(packet); i++)
        packet[i] = (u8)random32(&state);
}

static NOINLINE u32 crc_by_table(const u8 *data, u32 size)
{
    u32 crc = ~0u;

    while (size--)
        crc = crc >> 8 ^ table[(crc ^ *data++) & 0xFF];
    return ~crc;
}

static NOINLINE u32 crc_by_nibbles(const u8 *data, u32 size)
{
    u32 crc = ~0u;

    while (size--) {
        crc ^= *data++;
        crc = crc >> 4 ^ nibbles[crc & 15];
        crc = crc >> 4 ^ nibbles[crc & 15];
    }
    return ~crc;
}

static NOINLINE u32 crc_by_bits(const u8 *data, u32 size)
{
    u32 crc = ~0u;

    while (size--)
        crc = divide(crc ^ *data++, 8);
    return ~crc;
}

u32 work(u32 seed)
{
    u32 at = seed % (PACKET - 4), crc;

    packet[at] = (u8)seed;
    packet[at + 1] = (u8)(seed >> 8);
    crc = crc_by_table(packet, PACKET);
    crc = mix(crc, crc_by_nibbles(packet, PACKET / 2));
    return mix(crc, crc_by_bits(packet, PACKET / 8));
}
