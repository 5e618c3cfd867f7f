#include "sim/lint/tables_change.h"

#include "sim/base/bits.h"

#define VALID      BIT(0)
#define TABLE      BIT(1) /* or page, at level 3 */
#define ADDRESS    MASK(47, 12)
#define CONTIGUOUS BIT(52)
#define NG         BIT(11)
#define SH         MASK(9, 8)
#define ATTR1      MASK(4, 2) /* AttrIndx */
#define ATTR2      MASK(5, 2) /* MemAttr */
#define AP_EL0     BIT(6)
#define AP_READ    BIT(7) /* stage 1: read-only */
#define S2AP       MASK(7, 6)
#define XN         MASK(54, 53)

/* The access flag is left out: software that clears it takes the old entries into account. */
static bool restricts(uint64_t before, uint64_t after, bool stage2)
{
    if (after & ~before & XN) {
        return true;
    }
    if (stage2) {
        return before & ~after & S2AP;
    }
    return (before & ~after & AP_EL0) || (after & ~before & AP_READ);
}

enum table_change table_change_of(uint64_t before, uint64_t after, unsigned level, bool stage2,
                                  const char **why)
{
    bool leaf = level == 3 || !(before & TABLE);
    uint64_t differs = before ^ after;
    if (!(after & VALID) || (level == 3 && !(after & TABLE))) {
        return CHANGE_INVALID;
    }
    if (differs & TABLE) {
        *why = leaf ? "a block became a table" : "a table became a block";
        return CHANGE_BREAK;
    }
    if (differs & ADDRESS) {
        *why = leaf ? "another output address" : "another table";
        return CHANGE_BREAK;
    }
    if (!leaf) {
        return after & ~before & MASK(62, 59) ? CHANGE_RESTRICT : CHANGE_NONE;
    }
    if (differs & (stage2 ? ATTR2 : ATTR1)) {
        *why = "another memory type";
        return CHANGE_BREAK;
    }
    if (differs & (SH | CONTIGUOUS | (stage2 ? 0 : NG))) {
        *why = differs & SH ? "another shareability" : differs & NG ? "another nG" : "another size";
        return CHANGE_BREAK;
    }
    return restricts(before, after, stage2) ? CHANGE_RESTRICT : CHANGE_NONE;
}

bool table_forbids(uint64_t value, unsigned level, bool stage2, const struct mmu_access *access)
{
    bool write = access->type == MMU_WRITE;
    if (!(value & VALID) || (level == 3 && !(value & TABLE))) {
        return true;
    }
    if (level < 3 && (value & TABLE)) {
        return write && (value & BIT(62)); /* APTable[1] */
    }
    if (access->type == MMU_FETCH) {
        return value & XN;
    }
    if (stage2) {
        return !(value & (write ? BIT(7) : BIT(6)));
    }
    return (write && (value & AP_READ)) || (access->el == 0 && !(value & AP_EL0));
}
