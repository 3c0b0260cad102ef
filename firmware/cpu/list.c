/* Linked lists: chasing pointers in memory order and out of it, reversal, insertion, merge sort. */
#include "cpu.h"

enum { NODES = 1024, QUEUE = 32 };

const char program[] = "list";
volatile u32 rounds = 52000;

typedef struct Node {
    struct Node *next, *previous;
    u32 key;
    u32 weight;
} Node;

static Node nodes[NODES], queued[QUEUE];
static Node *list;

/* One list through all nodes, in random order. */
void prepare(void)
{
    u32 state = 0x5EED;

    list = nodes;
    nodes[0].next = 0;
    for (u32 i = 1; i < NODES; i++) {
        Node *after = &nodes[(random32(&state) >> 16) * i >> 16];

        nodes[i].key = random32(&state);
        nodes[i].next = after->next;
        after->next = &nodes[i];
    }
}

static NOINLINE u32 visit(const Node *node)
{
    u32 sum = 0;

    for (; node; node = node->next)
        sum = mix(sum, node->key);
    return sum;
}

static NOINLINE Node *reverse(Node *node)
{
    Node *before = 0;

    while (node) {
        Node *next = node->next;

        node->next = before;
        before = node;
        node = next;
    }
    return before;
}

static NOINLINE Node *find(Node *node, u32 bits)
{
    while (node->next && (node->key & 0xFF) != bits)
        node = node->next;
    return node;
}

static Node *merge(Node *a, Node *b)
{
    Node *first, **end = &first;

    while (a && b) {
        Node **smaller = a->key <= b->key ? &a : &b;

        *end = *smaller;
        end = &(*end)->next;
        *smaller = *end;
    }
    *end = a ? a : b;
    return first;
}

static NOINLINE Node *sort(Node *node, u32 length)
{
    Node *middle = node, *second;

    if (length < 2)
        return node;
    for (u32 i = 1; i < length / 2; i++)
        middle = middle->next;
    second = middle->next;
    middle->next = 0;
    return merge(sort(node, length / 2), sort(second, length - length / 2));
}

/* A doubly linked queue ordered by time, as a scheduler has it. */
static NOINLINE u32 schedule(u32 seed)
{
    Node head = {&head, &head, 0, 0};
    u32 state = seed | 1, sum = 0;

    for (u32 i = 0; i < QUEUE; i++)
        queued[i].key = random32(&state) >> 16;
    for (u32 turn = 0; turn < 4 * QUEUE; turn++) {
        Node *node = &queued[turn % QUEUE], *at;

        if (turn >= QUEUE) { /* take the first out, and in again at a later time */
            node = head.next;
            node->previous->next = node->next;
            node->next->previous = node->previous;
            sum = mix(sum, node->key);
            node->key += random32(&state) >> 16;
        }
        at = head.previous;
        while (at != &head && at->key > node->key)
            at = at->previous;
        node->previous = at;
        node->next = at->next;
        at->next->previous = node;
        at->next = node;
    }
    return sum;
}

u32 work(u32 seed)
{
    u32 sum = visit(list);

    list = reverse(list);
    sum ^= find(list, seed & 0xFF)->key;
    if (seed % 16 == 0)
        list = sort(list, NODES);
    find(list, seed >> 8 & 0xFF)->key = seed;
    return sum + schedule(seed);
}
