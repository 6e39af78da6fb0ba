/* Prints the table of processors/text/powers_of_ten.h as C, when weft is built: powers of five by exact whole-number
 * arithmetic, of which the upper 128 bits are kept.
 *
 * SPDX-License-Identifier: MIT */
#include "processors/text/powers_of_ten.h"

#include <stdio.h>

/* 5^324 has 753 bits; 2^1023 / 5^308 has 308. */
#define WORDS 32

/* A whole number, its lowest 32 bits first. */
typedef struct whole {
    uint32_t words[WORDS];
} whole;

static void multiply_by_five(whole *number) {
    uint64_t carry = 0;
    for (int i = 0; i < WORDS; i++) {
        carry += (uint64_t)number->words[i] * 5;
        number->words[i] = (uint32_t)carry;
        carry >>= 32;
    }
}

/* Drops the remainder. As often as it is done: what is left is the whole part of one division by all the fives. */
static void divide_by_five(whole *number) {
    uint64_t rest = 0;
    for (int i = WORDS - 1; i >= 0; i--) {
        rest = rest << 32 | number->words[i];
        number->words[i] = (uint32_t)(rest / 5);
        rest %= 5;
    }
}

static unsigned bit(const whole *number, int at) {
    return at < 0 ? 0 : number->words[at / 32] >> at % 32 & 1;
}

/* The upper 128 bits, the highest of which is set. */
static void print_upper(const whole *number) {
    int top = 32 * WORDS - 1;
    uint64_t halves[2] = {0, 0};
    while (bit(number, top) == 0)
        top--;
    for (int i = 0; i < 128; i++)
        halves[i / 64] = halves[i / 64] << 1 | bit(number, top - i);
    printf("    {UINT64_C(0x%016llx), UINT64_C(0x%016llx)},\n", (unsigned long long)halves[0],
           (unsigned long long)halves[1]);
}

int main(void) {
    printf("#include \"processors/text/powers_of_ten.h\"\n\nconst weft_power_of_ten weft_powers_of_ten[] = {\n");
    for (int power = WEFT_MIN_POWER; power <= WEFT_MAX_POWER; power++) {
        whole number = {{0}};
        number.words[power < 0 ? WORDS - 1 : 0] = power < 0 ? UINT32_C(1) << 31 : 1;
        for (int i = power; i < 0; i++)
            divide_by_five(&number);
        for (int i = 0; i < power; i++)
            multiply_by_five(&number);
        print_upper(&number);
    }
    printf("};\n");
    return 0;
}
