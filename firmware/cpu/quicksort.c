/* Quicksort of 250 records by a comparison function, and of words in place; binary search. */
#include "cpu.h"

enum { RECORDS = 250, FEW = 8 };

const char program[] = "quicksort";
volatile u32 rounds = 6700;

typedef struct { u32 key; u16 order, tag; } Record;
typedef int Compare(const Record *, const Record *);

static Record records[RECORDS];
static u32 words[RECORDS];

void prepare(void)
{
}

static int by_key(const Record *a, const Record *b)
{
    return a->key < b->key ? -1 : a->key > b->key;
}

static int by_tag(const Record *a, const Record *b)
{
    return a->tag != b->tag ? a->tag - b->tag : a->order - b->order;
}

static void swap(Record *a, Record *b)
{
    Record kept = *a;

    *a = *b;
    *b = kept;
}

static NOINLINE void sort_records(Record *low, Record *high, Compare *compare)
{
    while (high - low > 1) {
        Record *middle = low + (high - low) / 2, *left = low, *right = high;
        Record pivot = *middle;

        for (;;) {
            while (compare(left, &pivot) < 0)
                left++;
            do
                right--;
            while (compare(&pivot, right) < 0);
            if (left >= right)
                break;
            swap(left++, right);
        }
        if (left == low) /* the pivot was the smallest: it stays at the front */
            left++;
        sort_records(low, left, compare);
        low = left;
    }
}

static NOINLINE void sort_words(s32 low, s32 high)
{
    while (high - low >= FEW) {
        u32 pivot = words[(low + high) / 2];
        s32 left = low, right = high;

        while (left <= right) {
            while (words[left] < pivot)
                left++;
            while (words[right] > pivot)
                right--;
            if (left <= right) {
                u32 kept = words[left];

                words[left++] = words[right];
                words[right--] = kept;
            }
        }
        sort_words(low, right);
        low = left;
    }
    for (s32 i = low + 1; i <= high; i++) {
        u32 word = words[i];
        s32 at = i;

        for (; at > low && words[at - 1] > word; at--)
            words[at] = words[at - 1];
        words[at] = word;
    }
}

static u32 search(u32 word)
{
    u32 low = 0, high = RECORDS;

    while (low < high) {
        u32 middle = (low + high) / 2;

        if (words[middle] < word)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

u32 work(u32 seed)
{
    u32 state = seed | 1, sum = 0;

    for (u32 i = 0; i < RECORDS; i++) {
        records[i].key = random32(&state);
        records[i].order = (u16)i;
        records[i].tag = (u16)(records[i].key >> 28);
        words[i] = records[i].key * 0x9E3779B1;
    }
    sort_records(records, records + RECORDS, by_key);
    sort_records(records, records + RECORDS, by_tag);
    sort_words(0, RECORDS - 1);
    for (u32 i = 0; i < RECORDS; i += 4)
        sum = mix(sum, records[i].key + search(records[i].key));
    return sum;
}
