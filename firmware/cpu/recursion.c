/* Recursive calls: Fibonacci, Ackermann, towers of Hanoi, queens, permutations, an expression. */
#include "cpu.h"

const char program[] = "recursion";
volatile u32 rounds = 49000;

static u8 towers[3][10], height[3];

void prepare(void)
{
}

static NOINLINE u32 fibonacci(u32 n)
{
    return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2);
}

static NOINLINE u32 ackermann(u32 m, u32 n)
{
    if (m == 0)
        return n + 1;
    return ackermann(m - 1, n == 0 ? 1 : ackermann(m, n - 1));
}

static NOINLINE void hanoi(u32 discs, int from, int to)
{
    if (discs == 0)
        return;
    hanoi(discs - 1, from, 3 - from - to);
    towers[to][height[to]++] = towers[from][--height[from]];
    hanoi(discs - 1, 3 - from - to, to);
}

static NOINLINE u32 queens(u32 all, u32 columns, u32 left, u32 right)
{
    u32 free = all & ~(columns | left | right), count = 0;

    if (columns == all)
        return 1;
    while (free) {
        u32 one = free & -free;

        free ^= one;
        count += queens(all, columns | one, (left | one) << 1, (right | one) >> 1);
    }
    return count;
}

static NOINLINE u32 permutations(u8 *items, u32 size, u32 sum)
{
    if (size == 1)
        return mix(sum, items[0]);
    for (u32 i = 0; i < size; i++) {
        u8 kept = items[i];

        items[i] = items[size - 1];
        items[size - 1] = kept;
        sum = permutations(items, size - 1, mix(sum, kept));
        items[size - 1] = items[i];
        items[i] = kept;
    }
    return sum;
}

static u32 sum_of(const char **at);

static NOINLINE u32 factor_of(const char **at)
{
    u32 value = 0;

    if (**at == '(') {
        ++*at;
        value = sum_of(at);
        ++*at;
        return value;
    }
    while (**at >= '0' && **at <= '9')
        value = value * 10 + (u32)(*(*at)++ - '0');
    return value;
}

static NOINLINE u32 sum_of(const char **at)
{
    u32 sum = 0, product = factor_of(at);

    for (;;) {
        char operation = **at;

        if (operation == '*') {
            ++*at;
            product *= factor_of(at);
        } else {
            sum += product;
            if (operation != '+')
                return sum;
            ++*at;
            product = factor_of(at);
        }
    }
}

u32 work(u32 seed)
{
    const char *expression = "(1+2*(3+4*(5+6))*7)*(8+(9+10)*11)+12*(13+14*15)";
    u8 items[5] = {1, 2, 3, 4, (u8)seed};
    u32 sum = fibonacci(12 + (seed & 1));

    sum = mix(sum, ackermann(2, 6 + (seed >> 1 & 3)));
    height[0] = 8;
    height[1] = height[2] = 0;
    for (u8 i = 0; i < 8; i++)
        towers[0][i] = (u8)(8 - i);
    hanoi(8, 0, 2);
    sum = mix(sum, height[2] + towers[2][0]);
    sum = mix(sum, queens(0x3F, 0, 0, 0));
    sum = mix(sum, permutations(items, COUNT(items), seed));
    return mix(sum, sum_of(&expression));
}
