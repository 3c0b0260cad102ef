/* Strings: length, comparison, search, splitting into words, numbers to text and back. */
#include "cpu.h"

enum { SIZE = 2048 };

const char program[] = "string";
volatile u32 rounds = 92000;

static char text[SIZE];
static char lower[256];

static const char *const words[] = {
    "sensor", "Temperature", "valve", "open", "CLOSED", "pressure", "rpm", "time", "err", "ok",
};

static char *append(char *to, const char *from)
{
    while ((*to = *from++))
        to++;
    return to;
}

static char *append_number(char *to, u32 number)
{
    char digits[10];
    int count = 0;

    do
        digits[count++] = (char)('0' + number % 10);
    while (number /= 10);
    while (count)
        *to++ = digits[--count];
    *to = 0;
    return to;
}

/* Lines of a log: "sensor=123 open;valve=7 err\n". */
void prepare(void)
{
    u32 state = 0xFEED;
    char *at = text;

    for (int i = 0; i < 256; i++)
        lower[i] = (char)(i >= 'A' && i <= 'Z' ? i + 32 : i);
    while (at < text + SIZE - 64) {
        u32 random = random32(&state);

        at = append(at, words[random % COUNT(words)]);
        at = append(at, "=");
        at = append_number(at, random >> (random >> 8 & 15));
        at = append(at, " ");
        at = append(at, words[(random >> 16) % COUNT(words)]);
        at = append(at, random >> 30 ? ";" : "\n");
    }
}

static NOINLINE u32 length(const char *string)
{
    const char *end = string;

    while (*end)
        end++;
    return (u32)(end - string);
}

static NOINLINE int compare_without_case(const char *a, const char *b, u32 size)
{
    for (; size; size--, a++, b++) {
        int difference = lower[(u8)*a] - lower[(u8)*b];

        if (difference || !*a)
            return difference;
    }
    return 0;
}

static NOINLINE const char *find(const char *string, const char *wanted)
{
    for (; *string; string++) {
        const char *a = string, *b = wanted;

        while (*b && *a == *b)
            a++, b++;
        if (!*b)
            return string;
    }
    return 0;
}

static u32 number_at(const char *digits)
{
    u32 number = 0;

    while (*digits >= '0' && *digits <= '9')
        number = number * 10 + (u32)(*digits++ - '0');
    return number;
}

static int is_separator(char byte)
{
    return byte == ' ' || byte == '=' || byte == ';' || byte == '\n' || byte == 0;
}

/* Each word is looked up in the list, each number read. */
static NOINLINE u32 scan(const char *at, u32 limit)
{
    const char *end = at + limit;
    u32 sum = 0;

    while (at < end && *at) {
        const char *begin = at;
        u32 size, which = 0;

        while (!is_separator(*at))
            at++;
        size = (u32)(at - begin);
        if (*begin >= '0' && *begin <= '9') {
            sum += number_at(begin);
        } else {
            while (which < COUNT(words) && compare_without_case(begin, words[which], size))
                which++;
            sum = mix(sum, which);
        }
        if (*at)
            at++;
    }
    return sum;
}

u32 work(u32 seed)
{
    static char line[64];
    char *end = append(append_number(line, seed), "-rpm");
    u32 at = seed % (SIZE / 2), sum;
    const char *found = find(text + at, "err;");

    sum = scan(text + at, SIZE / 4) + length(text) + (u32)(end - line);
    sum = mix(sum, found ? (u32)(found - text) : 0);
    sum = mix(sum, number_at(line));
    return sum + (find(line, "rpm") == end - 3);
}
