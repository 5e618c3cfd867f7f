#include "mmu/attr.h"
#include "sim/base/bits.h"

#define NIBBLE_NC 0x4

static bool is_device(uint8_t attr)
{
    return !(attr & 0xf0);
}

uint8_t attr_of_mair(uint64_t mair, unsigned index)
{
    uint8_t attr = (uint8_t)(mair >> (8 * index));
    if (is_device(attr)) {
        return attr & 0x0c;
    }
    return attr & 0x0f ? attr : attr | NIBBLE_NC;
}

uint8_t attr_of_stage2(unsigned mem_attr)
{
    /* Outer and inner: 1 non-cacheable, 2 write-through, 3 write-back, allocating; 0 reserved. */
    static const uint8_t nibble[4] = {NIBBLE_NC, NIBBLE_NC, 0xb, 0xf};
    unsigned outer = mem_attr >> 2 & 3, inner = mem_attr & 3;
    if (outer == 0) {
        return (uint8_t)(inner << 2);
    }
    return (uint8_t)(nibble[outer] << 4 | nibble[inner]);
}

uint8_t attr_uncached(uint8_t attr)
{
    return is_device(attr) ? attr : ATTR_NORMAL_NC;
}

/* Write-back: 0b11RW, transient 0b01RW; bit 2 clear: write-through. */
static bool nibble_is_write_back(unsigned n)
{
    return n & 4;
}

/* The weaker cacheability; allocation hints and transience are stage 1's (CombineS1S2AttrHints). */
static unsigned combine_nibble(unsigned s1, unsigned s2)
{
    if (s1 == NIBBLE_NC || s2 == NIBBLE_NC) {
        return NIBBLE_NC;
    }
    return nibble_is_write_back(s2) ? s1 : s1 & ~4U;
}

uint8_t attr_combine(uint8_t stage1, uint8_t stage2)
{
    /* Device wins over Normal, and the stricter Device type over the other: the smaller encoding.
     */
    if (is_device(stage1) || is_device(stage2)) {
        return stage1 < stage2 ? stage1 : stage2;
    }
    return (uint8_t)(combine_nibble(stage1 >> 4, stage2 >> 4) << 4 |
                     combine_nibble(stage1 & 15, stage2 & 15));
}

uint8_t shareability_of(uint8_t attr, unsigned sh)
{
    if (is_device(attr) || attr == ATTR_NORMAL_NC) {
        return SH_OUTER;
    }
    return (uint8_t)(sh == 1 ? SH_NONE : sh); /* 0b01 is reserved */
}

uint8_t shareability_combine(unsigned stage1, unsigned stage2)
{
    if (stage1 == SH_OUTER || stage2 == SH_OUTER) {
        return SH_OUTER;
    }
    return stage1 == SH_INNER || stage2 == SH_INNER ? SH_INNER : SH_NONE;
}

enum mmu_memory attr_memory(uint8_t attr)
{
    if (is_device(attr)) {
        return MEM_DEVICE;
    }
    return attr == ATTR_NORMAL_NC ? MEM_NORMAL_NC : MEM_NORMAL;
}
