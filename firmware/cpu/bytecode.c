/* A bytecode interpreter, one big switch: its program looks for primes and sorts what it finds. */
#include "cpu.h"

enum { MEMORY = 256, STACK = 32, CALLS = 8 };

const char program[] = "bytecode";
volatile u32 rounds = 11000;

typedef enum {
    HALT, PUSH, PUSH2, DUPLICATE, DROP, SWAP, OVER, LOAD, STORE, FETCH, PUT,
    ADD, SUBTRACT, MULTIPLY, AND, OR, XOR, NOT, LEFT, RIGHT, NEGATE, INCREMENT, DECREMENT,
    EQUAL, LESS, GREATER, JUMP, JUMP_ZERO, JUMP_NONZERO, CALL, RETURN, MIX, LOOP, ADD_TO, NOTHING,
} Operation;

static s32 memory[MEMORY];

/* Variables at 0..15, an array of flags from 16 on. Jumps are to offsets in the program. */
enum { I, J, N, FOUND, SUM, FLAGS = 16, LIMIT = 100 };

static const u8 code[] = {
    /*   0 */ PUSH, 0, STORE, FOUND, PUSH, 2, STORE, I,
    /*   8: all may be prime */ PUSH, 1, LOAD, I, PUSH, FLAGS, ADD, PUT, ADD_TO, I, 1,
    /*  19 */ LOAD, I, PUSH, LIMIT, LESS, JUMP_NONZERO, 8,
    /*  26 */ PUSH, 2, STORE, I,
    /*  30: is I prime? */ LOAD, I, PUSH, FLAGS, ADD, FETCH, JUMP_ZERO, 72,
    /*  38: yes */ ADD_TO, FOUND, 1, LOAD, I, CALL, 84,
    /*  45 */ LOAD, I, STORE, J, JUMP, 59,
    /*  51: strike out J */ PUSH, 0, LOAD, J, PUSH, FLAGS, ADD, PUT,
    /*  59 */ LOAD, J, LOAD, I, ADD, DUPLICATE, STORE, J, PUSH, LIMIT, LESS, JUMP_NONZERO, 51,
    /*  72: the next I */ ADD_TO, I, 1, LOAD, I, PUSH, LIMIT, LESS, JUMP_NONZERO, 30,
    /*  82 */ JUMP, 96,
    /*  84: into SUM */ LOAD, SUM, PUSH, 3, LEFT, XOR, LOAD, SUM, ADD, STORE, SUM, RETURN,
    /*  96: mix 60 times */ PUSH, 60, STORE, N,
    /* 100 */ LOAD, SUM, LOAD, N, MULTIPLY, PUSH2, 0x39, 0x30, ADD, DUPLICATE, NOT, PUSH, 7, RIGHT,
    /* 114 */ OVER, SUBTRACT, MIX, STORE, SUM,
    /* 119 */ LOAD, SUM, LOAD, N, SWAP, GREATER, JUMP_ZERO, 133,
    /* 127 */ LOAD, SUM, NEGATE, STORE, SUM, NOTHING,
    /* 133 */ LOOP, N, 100,
    /* 136 */ LOAD, SUM, LOAD, FOUND, OR, LOAD, SUM, DECREMENT, PUSH, 15, AND, EQUAL,
    /* 148 */ LOAD, SUM, INCREMENT, ADD, LOAD, N, DROP, HALT,
};

static NOINLINE s32 interpret(const u8 *at)
{
    s32 stack[STACK], *top = stack;
    const u8 *calls[CALLS], **return_to = calls;

    for (;;) {
        switch ((Operation)*at++) {
        case HALT:         return *top;
        case PUSH:         *++top = *at++; break;
        case PUSH2:        *++top = at[0] | at[1] << 8; at += 2; break;
        case DUPLICATE:    top[1] = top[0]; top++; break;
        case DROP:         top--; break;
        case SWAP:         { s32 kept = top[0]; top[0] = top[-1]; top[-1] = kept; break; }
        case OVER:         top[1] = top[-1]; top++; break;
        case LOAD:         *++top = memory[*at++]; break;
        case STORE:        memory[*at++] = *top--; break;
        case FETCH:        *top = memory[*top & (MEMORY - 1)]; break;
        case PUT:          memory[*top & (MEMORY - 1)] = top[-1]; top -= 2; break;
        case ADD:          top--; *top = (s32)((u32)top[0] + (u32)top[1]); break;
        case SUBTRACT:     top--; *top = (s32)((u32)top[0] - (u32)top[1]); break;
        case MULTIPLY:     top--; *top = (s32)((u32)top[0] * (u32)top[1]); break;
        case AND:          top--; *top &= top[1]; break;
        case OR:           top--; *top |= top[1]; break;
        case XOR:          top--; *top ^= top[1]; break;
        case NOT:          *top = ~*top; break;
        case LEFT:         top--; *top = (s32)((u32)*top << (top[1] & 31)); break;
        case RIGHT:        top--; *top >>= top[1] & 31; break;
        case NEGATE:       *top = (s32)-(u32)*top; break;
        case INCREMENT:    *top = (s32)((u32)*top + 1); break;
        case DECREMENT:    *top = (s32)((u32)*top - 1); break;
        case EQUAL:        top--; *top = top[0] == top[1]; break;
        case LESS:         top--; *top = top[0] < top[1]; break;
        case GREATER:      top--; *top = top[0] > top[1]; break;
        case JUMP:         at = code + *at; break;
        case JUMP_ZERO:    at = *top-- ? at + 1 : code + *at; break;
        case JUMP_NONZERO: at = *top-- ? code + *at : at + 1; break;
        case CALL:         *return_to++ = at + 1; at = code + *at; break;
        case RETURN:       at = *--return_to; break;
        case MIX:          top--; *top = (s32)mix((u32)top[0], (u32)top[1]); break;
        case LOOP:         at = --memory[at[0]] ? code + at[1] : at + 2; break;
        case ADD_TO:       memory[at[0]] += at[1]; at += 2; break;
        case NOTHING:      break;
        }
    }
}

void prepare(void)
{
}

u32 work(u32 seed)
{
    memory[SUM] = (s32)seed;
    return (u32)interpret(code);
}
