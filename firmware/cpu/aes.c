/* AES-128 (FIPS 197) in cipher block chaining: encryption column by column, decryption by bytes. */
#include "cpu.h"

enum { ROUNDS_OF_AES = 10, WORDS = 4 * (ROUNDS_OF_AES + 1), BLOCKS = 16 };

const char program[] = "aes";
volatile u32 rounds = 92000;

static u8 substitute[256], restore[256];
static u32 column_table[256]; /* S-box and MixColumns of the byte in row 0, row 0 lowest */
static u32 schedule[WORDS];
static u32 text[4 * BLOCKS];

static u8 times_x(u8 byte)
{
    return (u8)(byte << 1 ^ (byte & 0x80 ? 0x1B : 0));
}

static u8 multiply(u8 a, u8 b)
{
    u8 product = 0;

    for (; b; b >>= 1, a = times_x(a))
        if (b & 1)
            product ^= a;
    return product;
}

/* Powers of 3 run through all but 0; those of its inverse 0xF6 run the other way. */
static void make_boxes(void)
{
    u8 power = 1, inverse = 1;

    do {
        u8 s = inverse;

        for (int i = 1; i < 5; i++)
            s ^= (u8)(inverse << i | inverse >> (8 - i));
        substitute[power] = s ^ 0x63;
        power = multiply(power, 3);
        inverse = multiply(inverse, 0xF6);
    } while (power != 1);
    substitute[0] = 0x63;
    for (u32 i = 0; i < 256; i++) {
        u8 s = substitute[i], twice = times_x(s);

        restore[s] = (u8)i;
        column_table[i] = twice | (u32)s << 8 | (u32)s << 16 | (u32)(u8)(twice ^ s) << 24;
    }
}

static u32 substitute_word(u32 word)
{
    return substitute[word & 0xFF] | (u32)substitute[word >> 8 & 0xFF] << 8 |
           (u32)substitute[word >> 16 & 0xFF] << 16 | (u32)substitute[word >> 24] << 24;
}

static void expand(const u32 key[4])
{
    u8 constant = 1;

    for (int i = 0; i < WORDS; i++) {
        u32 word = i < 4 ? key[i] : schedule[i - 1];

        if (i >= 4) {
            if (i % 4 == 0) {
                word = substitute_word(rotate_right(word, 8)) ^ constant;
                constant = times_x(constant);
            }
            word ^= schedule[i - 4];
        }
        schedule[i] = word;
    }
}

void prepare(void)
{
    static const u32 key[4] = {0x16157E2B, 0xA6D2AE28, 0x8815F7AB, 0x3C4FCF09};

    make_boxes();
    expand(key);
}

static u32 column(const u32 *block, int c)
{
    return column_table[block[c] & 0xFF] ^
           rotate_left(column_table[block[(c + 1) & 3] >> 8 & 0xFF], 8) ^
           rotate_left(column_table[block[(c + 2) & 3] >> 16 & 0xFF], 16) ^
           rotate_left(column_table[block[(c + 3) & 3] >> 24], 24);
}

static NOINLINE void encrypt(u32 block[4])
{
    const u32 *key = schedule;
    u32 next[4];

    for (int c = 0; c < 4; c++)
        block[c] ^= key[c];
    for (int round = 1; round < ROUNDS_OF_AES; round++) {
        key += 4;
        for (int c = 0; c < 4; c++)
            next[c] = column(block, c) ^ key[c];
        for (int c = 0; c < 4; c++)
            block[c] = next[c];
    }
    key += 4;
    for (int c = 0; c < 4; c++)
        next[c] = substitute_word((block[c] & 0xFF) | (block[(c + 1) & 3] & 0xFF00) |
                                  (block[(c + 2) & 3] & 0xFF0000) |
                                  (block[(c + 3) & 3] & 0xFF000000)) ^ key[c];
    for (int c = 0; c < 4; c++)
        block[c] = next[c];
}

static void unmix(u8 *bytes)
{
    u8 a = bytes[0], b = bytes[1], c = bytes[2], d = bytes[3];
    u8 even = times_x(times_x(a ^ c)), odd = times_x(times_x(b ^ d));
    u8 all = a ^ b ^ c ^ d ^ times_x(even ^ odd);

    bytes[0] = all ^ a ^ even ^ times_x(a ^ b);
    bytes[1] = all ^ b ^ odd ^ times_x(b ^ c);
    bytes[2] = all ^ c ^ even ^ times_x(c ^ d);
    bytes[3] = all ^ d ^ odd ^ times_x(d ^ a);
}

static NOINLINE void decrypt(u32 block[4])
{
    u8 bytes[16], shifted[16];

    for (int i = 0; i < 16; i++)
        bytes[i] = (u8)((block[i / 4] ^ schedule[4 * ROUNDS_OF_AES + i / 4]) >> i % 4 * 8);
    for (int round = ROUNDS_OF_AES - 1; round >= 0; round--) {
        for (int i = 0; i < 16; i++)
            shifted[(i + 4 * (i % 4)) % 16] = restore[bytes[i]];
        for (int i = 0; i < 16; i++)
            bytes[i] = shifted[i] ^ (u8)(schedule[4 * round + i / 4] >> i % 4 * 8);
        if (round)
            for (int i = 0; i < 16; i += 4)
                unmix(bytes + i);
    }
    for (int c = 0; c < 4; c++)
        block[c] = bytes[4 * c] | (u32)bytes[4 * c + 1] << 8 | (u32)bytes[4 * c + 2] << 16 |
                   (u32)bytes[4 * c + 3] << 24;
}

u32 work(u32 seed)
{
    u32 chain[4] = {seed, ~seed, 0, 0}, sum = 0;

    for (u32 at = 0; at < COUNT(text); at += 4) {
        for (int c = 0; c < 4; c++)
            chain[c] ^= text[at + (u32)c];
        encrypt(chain);
        for (int c = 0; c < 4; c++)
            text[at + (u32)c] = chain[c];
    }
    decrypt(chain);
    for (int c = 0; c < 4; c++)
        sum = mix(sum, chain[c] ^ text[c]);
    return sum;
}
