/* Runs one benchmark program: so many rounds, then one line with its checksum, and the end marker.
 *
 * A round gets the checksum so far, so none can be left out. `rounds` and `paged` are words of
 * initialized data: whoever wants another number of rounds, or the MMU on, writes that into the ELF
 * file and changes no code. */
#include "console.h"
#include "cpu.h"

volatile u32 paged = 0;

static void print(const char *text)
{
    while (*text)
        console_put(*text++);
}

static void print_hex(u32 word)
{
    for (int shift = 28; shift >= 0; shift -= 4)
        console_put("0123456789abcdef"[word >> shift & 15]);
}

int main(void)
{
    u32 checksum = 1;

    if (paged)
        translation_on();
    prepare();
    for (u32 left = rounds; left; left--)
        checksum = mix(checksum, work(checksum));
    print(program);
    print(" ");
    print_hex(checksum);
    print("\n== end ==\n");
    return 0;
}
