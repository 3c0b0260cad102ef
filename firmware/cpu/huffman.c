/* Huffman coding: frequencies, a tree by a heap, canonical codes, and a text there and back. */
#include "cpu.h"

enum { SYMBOLS = 64, LENGTH = 1000, LONGEST = 32 };

const char program[] = "huffman";
volatile u32 rounds = 9000;

static u8 text[LENGTH], decoded[LENGTH];
static u32 bits[LENGTH * 16 / 32];
static u32 weight[2 * SYMBOLS];
static u8 parent[2 * SYMBOLS], heap[SYMBOLS + 1], size_of[SYMBOLS], by_code[SYMBOLS];
static u32 code_of[SYMBOLS], first_code[LONGEST + 2], first_index[LONGEST + 2];
static u32 in_heap;

/* Small numbers are frequent. */
void prepare(void)
{
    u32 state = 0xF00D;

    for (u32 i = 0; i < LENGTH; i++) {
        u32 random = random32(&state);

        text[i] = (u8)((random & 63) * (random >> 6 & 63) * (random >> 12 & 63) >> 12);
    }
}

static void sift_down(u32 at)
{
    u8 node = heap[at];

    for (u32 child = 2 * at; child <= in_heap; child = 2 * at) {
        if (child < in_heap && weight[heap[child + 1]] < weight[heap[child]])
            child++;
        if (weight[node] <= weight[heap[child]])
            break;
        heap[at] = heap[child];
        at = child;
    }
    heap[at] = node;
}

static NOINLINE void make_tree(void)
{
    u32 next = SYMBOLS;

    for (u32 i = 0; i < SYMBOLS; i++)
        weight[i] = 1;
    for (u32 i = 0; i < LENGTH; i++)
        weight[text[i]]++;
    in_heap = SYMBOLS;
    for (u32 i = 0; i < SYMBOLS; i++)
        heap[i + 1] = (u8)i;
    for (u32 i = SYMBOLS / 2; i; i--)
        sift_down(i);
    while (in_heap > 1) {
        u8 lightest = heap[1];

        heap[1] = heap[in_heap--];
        sift_down(1);
        weight[next] = weight[lightest] + weight[heap[1]];
        parent[lightest] = parent[heap[1]] = (u8)next;
        heap[1] = (u8)next++;
        sift_down(1);
    }
}

static NOINLINE void make_codes(void)
{
    u32 count[LONGEST + 1] = {0}, next[LONGEST + 1], code = 0, index = 0;

    for (u32 i = 0; i < SYMBOLS; i++) {
        u32 depth = 0;

        for (u32 node = i; node != 2 * SYMBOLS - 2; node = parent[node])
            depth++;
        size_of[i] = (u8)depth;
        count[depth]++;
    }
    for (u32 depth = 1; depth <= LONGEST; depth++) {
        code <<= 1;
        first_code[depth] = code;
        next[depth] = first_index[depth] = index;
        code += count[depth];
        index += count[depth];
    }
    first_index[LONGEST + 1] = SYMBOLS;
    for (u32 i = 0; i < SYMBOLS; i++) {
        u32 depth = size_of[i], place = next[depth]++;

        by_code[place] = (u8)i;
        code_of[i] = first_code[depth] + place - first_index[depth];
    }
}

static NOINLINE u32 encode(void)
{
    u32 at = 0, word = 0, free = 32;

    for (u32 i = 0; i < LENGTH; i++) {
        u32 code = code_of[text[i]], size = size_of[text[i]];

        if (size < free) {
            free -= size;
            word |= code << free;
        } else {
            size -= free;
            bits[at++] = word | code >> size;
            free = 32 - size;
            word = size ? code << free : 0;
        }
    }
    bits[at] = word;
    return 32 * at + 32 - free;
}

static NOINLINE u32 decode(void)
{
    u32 at = 0;

    for (u32 i = 0; i < LENGTH; i++) {
        u32 code = 0, depth = 0, place;

        do {
            code = code << 1 | (bits[at / 32] >> (31 - at % 32) & 1);
            at++;
            depth++;
            place = code - first_code[depth] + first_index[depth];
        } while (place >= first_index[depth + 1]);
        decoded[i] = by_code[place];
    }
    return at;
}

u32 work(u32 seed)
{
    u32 used, sum = 0;

    for (u32 i = 0; i < 8; i++)
        text[(seed + 97 * i) % LENGTH] = (u8)(seed >> 3 * i & 31);
    make_tree();
    make_codes();
    used = encode();
    sum = decode() == used ? used : ~used;
    for (u32 i = 0; i < LENGTH; i += 7)
        sum = mix(sum, decoded[i] ^ text[(i + 1) % LENGTH]);
    for (u32 i = 0; i < LENGTH; i++)
        sum += decoded[i] != text[i];
    return sum;
}
