/* Algorithms: a CRC with its well-known check value, the rounds of a hash. */
#include "selftest.h"

void crc32(void)
{
    u32 table[256], crc = 0xFFFFFFFF;

    for (u32 i = 0; i < 256; i++) {
        u32 c = i;
        for (int bit = 0; bit < 8; bit++)
            c = c & 1 ? 0xEDB88320 ^ c >> 1 : c >> 1;
        table[i] = c;
    }
    for (const char *text = "123456789"; *text; text++)
        crc = table[(crc ^ (uint8_t)*text) & 0xFF] ^ crc >> 8;
    checksum = ~crc; /* the well-known check value, cbf43926 */
}

static u32 rotate(u32 x, u32 by) { return x >> by | x << (32 - by); }

void hashing(void)
{
    u32 w[64], h[8];

    for (size_t i = 0; i < COUNT(h); i++)
        h[i] = random32();
    for (int block = 0; block < 2; block++) {
        u32 s[8];
        for (int i = 0; i < 64; i++)
            w[i] = i < 16 ? random32()
                          : w[i - 16] + w[i - 7]
                                + (rotate(w[i - 15], 7) ^ rotate(w[i - 15], 18) ^ w[i - 15] >> 3)
                                + (rotate(w[i - 2], 17) ^ rotate(w[i - 2], 19) ^ w[i - 2] >> 10);
        memcpy(s, h, sizeof s);
        for (int i = 0; i < 64; i++) {
            u32 big1 = rotate(s[4], 6) ^ rotate(s[4], 11) ^ rotate(s[4], 25);
            u32 big0 = rotate(s[0], 2) ^ rotate(s[0], 13) ^ rotate(s[0], 22);
            u32 t1 = s[7] + big1 + ((s[4] & s[5]) ^ (~s[4] & s[6])) + 0x428A2F98 * (u32)i + w[i];
            u32 t2 = big0 + ((s[0] & s[1]) ^ (s[0] & s[2]) ^ (s[1] & s[2]));
            memmove(s + 1, s, 7 * sizeof s[0]);
            s[4] += t1;
            s[0] = t1 + t2;
        }
        for (size_t i = 0; i < COUNT(h); i++)
            mix(h[i] += s[i]);
    }
}
