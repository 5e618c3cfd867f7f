/* Random guest programs: A64 words biased to what a hypervisor's machine is made of. */
#ifndef EL2SIM_TESTS_FUZZ_PROGRAM_H
#define EL2SIM_TESTS_FUZZ_PROGRAM_H

#include <stdint.h>

#include "sim/board/machine.h"

/* splitmix64: the same numbers on every host. */
struct rng {
    uint64_t state;
};

uint64_t rng_next(struct rng *rng);
uint64_t rng_below(struct rng *rng, uint64_t n);
bool rng_chance(struct rng *rng, unsigned percent);

/* Where a program has what; all in the first 2 MiB of RAM. */
#define PROGRAM_TABLES                                                                             \
    UINT64_C(0x40010000) /* translation tables: identity, some entries nonsense */
#define PROGRAM_STAGE2  UINT64_C(0x40020000)
#define PROGRAM_VECTORS UINT64_C(0x40040000) /* two vector tables of 2 KiB */
#define PROGRAM_ENTRY   UINT64_C(0x40080000)
#define PROGRAM_WORDS   512
#define PROGRAM_DATA    UINT64_C(0x40100000)

/* Writes a program into RAM. */
void program_write(struct rng *rng, uint8_t *ram);

#endif
