/*
 * Words that would end the whole program: on some unallocated half-precision SIMD encodings
 * Unicorn's MAX model runs into an assertion of its decoder (QEMU 5.0 had it too; the v8.0 models
 * are not affected). They are UNDEFINED, so a page that holds one is run from a private copy
 * (engine_copies.c) in which each is a UDF. The patterns come from translating all words there are,
 * up to register numbers; tests/integration/engine runs every one.
 */
#include "sim/engine/engine_internal.h"

struct pattern {
    uint32_t mask, value;
};

static const struct pattern deadly[] = {
    /* three registers of the same type */
    {0xbf60fc00, 0x0e402c00},
    {0x9fe0fc00, 0x0ec01c00},
    {0xbfe0f400, 0x0ec02400},
    {0xbf60fc00, 0x2e400c00},
    {0xbfe0ec00, 0x2ec00c00},
    {0xbfe0dc00, 0x2ec01c00},
    /* two registers, miscellaneous */
    {0x9f7e8c00, 0x0e780800},
    {0x9f7f4c00, 0x0e780800},
    {0x9fff0c00, 0x0e780800},
    {0x9ffe6c00, 0x0e786800},
    {0xbf7f6c00, 0x0e796800},
    {0x9fff5c00, 0x0ef94800},
    {0xbf7e7c00, 0x2e786800},
    {0xbfff3c00, 0x2ef90800},
    {0xcf7e8c00, 0x4e780800},
    {0xcf7f4c00, 0x4e780800},
    {0xcfff0c00, 0x4e780800},
    {0xcffe6c00, 0x4e786800},
    {0xcfff5c00, 0x4ef94800},
    {0xff7f3c00, 0x5e783800},
    {0xef7f3c00, 0x6e782800},
    {0xeffe7c00, 0x6ef80800},
    {0xff7f6c00, 0x7e796800},
};

bool engine_word_is_deadly(uint32_t word)
{
    for (size_t i = 0; i < sizeof deadly / sizeof *deadly; i++) {
        if ((word & deadly[i].mask) == deadly[i].value) {
            return true;
        }
    }
    return false;
}
