/* SHA-256 (FIPS 180-4) of messages of different lengths. */
#include "cpu.h"

enum { LONGEST = 400 };

const char program[] = "sha256";
volatile u32 rounds = 63000;

/* The first 32 bits of the fractions of the cube roots of the first 64 prime numbers, and of the
 * square roots of the first 8 (FIPS 180-4, 4.2.2 and 5.3.3). */
static const u32 constants[64] = {
    0x428A2F98, 0x71374491, 0xB5C0FBCF, 0xE9B5DBA5, 0x3956C25B, 0x59F111F1, 0x923F82A4, 0xAB1C5ED5,
    0xD807AA98, 0x12835B01, 0x243185BE, 0x550C7DC3, 0x72BE5D74, 0x80DEB1FE, 0x9BDC06A7, 0xC19BF174,
    0xE49B69C1, 0xEFBE4786, 0x0FC19DC6, 0x240CA1CC, 0x2DE92C6F, 0x4A7484AA, 0x5CB0A9DC, 0x76F988DA,
    0x983E5152, 0xA831C66D, 0xB00327C8, 0xBF597FC7, 0xC6E00BF3, 0xD5A79147, 0x06CA6351, 0x14292967,
    0x27B70A85, 0x2E1B2138, 0x4D2C6DFC, 0x53380D13, 0x650A7354, 0x766A0ABB, 0x81C2C92E, 0x92722C85,
    0xA2BFE8A1, 0xA81A664B, 0xC24B8B70, 0xC76C51A3, 0xD192E819, 0xD6990624, 0xF40E3585, 0x106AA070,
    0x19A4C116, 0x1E376C08, 0x2748774C, 0x34B0BCB5, 0x391C0CB3, 0x4ED8AA4A, 0x5B9CCA4F, 0x682E6FF3,
    0x748F82EE, 0x78A5636F, 0x84C87814, 0x8CC70208, 0x90BEFFFA, 0xA4506CEB, 0xBEF9A3F7, 0xC67178F2,
};
static const u32 start[8] = {
    0x6A09E667, 0xBB67AE85, 0x3C6EF372, 0xA54FF53A, 0x510E527F, 0x9B05688C, 0x1F83D9AB, 0x5BE0CD19,
};
static u8 message[LONGEST];

void prepare(void)
{
    u32 state = 0x89ABCDEF;

    for (u32 i = 0; i < LONGEST; i++)
        message[i] = (u8)random32(&state);
}

static NOINLINE void compress(u32 hash[8], const u8 *data)
{
    u32 w[64], a = hash[0], b = hash[1], c = hash[2], d = hash[3];
    u32 e = hash[4], f = hash[5], g = hash[6], h = hash[7];

    for (int i = 0; i < 16; i++, data += 4)
        w[i] = (u32)data[0] << 24 | (u32)data[1] << 16 | (u32)data[2] << 8 | data[3];
    for (int i = 16; i < 64; i++) {
        u32 x = w[i - 15], y = w[i - 2];

        w[i] = w[i - 16] + w[i - 7] + (rotate_right(x, 7) ^ rotate_right(x, 18) ^ x >> 3) +
               (rotate_right(y, 17) ^ rotate_right(y, 19) ^ y >> 10);
    }
    for (int i = 0; i < 64; i++) {
        u32 first = h + (rotate_right(e, 6) ^ rotate_right(e, 11) ^ rotate_right(e, 25)) +
                    ((e & f) ^ (~e & g)) + constants[i] + w[i];
        u32 second = (rotate_right(a, 2) ^ rotate_right(a, 13) ^ rotate_right(a, 22)) +
                     ((a & b) ^ (a & c) ^ (b & c));

        h = g, g = f, f = e, e = d + first;
        d = c, c = b, b = a, a = first + second;
    }
    hash[0] += a, hash[1] += b, hash[2] += c, hash[3] += d;
    hash[4] += e, hash[5] += f, hash[6] += g, hash[7] += h;
}

static NOINLINE u32 hash_of(const u8 *data, u32 size)
{
    u32 hash[8], left = size;
    u8 last[128];
    u32 used = 0, blocks;

    for (int i = 0; i < 8; i++)
        hash[i] = start[i];
    for (; left >= 64; left -= 64, data += 64)
        compress(hash, data);
    while (left--)
        last[used++] = *data++;
    last[used++] = 0x80;
    blocks = used <= 56 ? 1 : 2;
    while (used < 64 * blocks - 4)
        last[used++] = 0;
    for (int shift = 24; shift >= 0; shift -= 8)
        last[used++] = (u8)(size * 8 >> shift);
    for (u32 i = 0; i < blocks; i++)
        compress(hash, last + 64 * i);
    return hash[0] ^ hash[7];
}

u32 work(u32 seed)
{
    u32 sum = 0;

    message[0] = (u8)seed;
    message[1] = (u8)(seed >> 8);
    for (u32 size = 3; size <= LONGEST; size = 2 * size + 1)
        sum = mix(sum, hash_of(message, size));
    return sum;
}
