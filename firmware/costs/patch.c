/* Functions whose number is written before each call: in one place (mode 1), or in so many by turns.
 * What they return goes into the checksum, so a call of what was there before shows. */
#include "costs.h"

enum { PLACES = 4096 };

#if defined(__thumb__)
typedef struct { u16 number, back; u32 unused[3]; } function;
#define NUMBER(n) (0x2000 | ((n) & 0xFF)) /* movs r0, #n */
enum { BACK = 0x4770, STATE = 1 };        /* bx lr */
#elif defined(__arm__)
typedef struct { u32 number, back, unused[2]; } function;
#define NUMBER(n) (0xE3A00000 | ((n) & 0xFF)) /* mov r0, #n */
#define BACK 0xE12FFF1E                       /* bx lr */
enum { STATE = 0 };
#else
typedef struct { u32 number, back, delay_slot, unused; } function;
#define NUMBER(n) (0x30600000 | ((n) & 0xFF)) /* addik r3, r0, n */
#define BACK 0xB60F0008                       /* rtsd r15, 8 */
enum { STATE = 0 };
#endif

const char program[] = "patch";
volatile u32 rounds = 100;
volatile u32 mode = 1;

static function functions[PLACES] __attribute__((aligned(4096)));
static u32 next;

void prepare(void)
{
    for (u32 at = 0; at < PLACES; at++) {
        functions[at].back = BACK;
#if defined(__MICROBLAZE__)
        functions[at].delay_slot = 0x80000000; /* or r0, r0, r0 */
#endif
        synchronize_code((u32)(uintptr_t)&functions[at].back);
    }
}

u32 work(u32 seed)
{
    for (u32 count = 0; count < 1000; count++) {
        function *one = &functions[next];
        u32 address = (u32)(uintptr_t)one;

        next = next + 1 < mode ? next + 1 : 0;
        one->number = NUMBER(seed + count);
        synchronize_code(address);
        seed = mix(seed, ((u32(*)(void))(uintptr_t)(address | STATE))());
    }
    return seed;
}
