/* The guest's stage 1, walked by hand: 4 KiB granules, TTBR0. Arm ARM D8 */
#include "kernel/page.h"
#include "kernel/pt.h"
#include "kvm/depriv/depriv.h"

#define TCR_T0SZ_MASK 0x3fUL
#define TCR_EPD0      BIT(7)
#define TCR_TG0       (3UL << 14)
#define TCR_A1        BIT(22)
#define SCTLR_WXN     BIT(19)

#define FSC_TRANSLATION_0 0x04
#define FSC_ACCESS_FLAG   0x08
#define FSC_WALK_ABORT    0x14

#define TABLE_PXN BIT(59)
#define TABLE_XN  BIT(60)
#define TABLE_EL0 BIT(61) /* APTable[0]: no access from EL0 */
#define TABLE_RO  BIT(62)
#define ASID_MASK (0xffUL << 48) /* eight bits: ID_AA64MMFR0_EL1 says so */

struct guest_regime guest_regime(const struct vcpu *v, bool is_el1)
{
    const u64 *sys = v->arch.ctx.sys;
    struct guest_regime r = {.sctlr = sys[SYS_SCTLR] & (SCTLR_M | SCTLR_WXN), .is_el1 = is_el1};
    if (r.sctlr & SCTLR_M) { /* else they do not matter */
        u64 asid = sys[sys[SYS_TCR] & TCR_A1 ? SYS_TTBR1 : SYS_TTBR0] & ASID_MASK;
        r.ttbr0 = (sys[SYS_TTBR0] & (PT_ADDR | 0xffe)) | asid;
        r.tcr = sys[SYS_TCR] & (TCR_T0SZ_MASK | TCR_EPD0 | TCR_TG0);
    }
    return r;
}

/* Permissions of the tables above are folded into the leaf's bits. */
static void set_permissions(const struct guest_regime *r, u64 entry, u64 above,
                            struct guest_page *page)
{
    bool el0 = (entry & PT_EL0) && !(above & TABLE_EL0);
    bool writable = !(entry & PT_RO) && !(above & TABLE_RO);
    if (r->is_el1) {
        page->is_writable = writable;
        /* what EL0 may write EL1 never executes */
        page->is_executable = !(entry & PT_PXN) && !(above & TABLE_PXN) && !(el0 && writable) &&
                              !((r->sctlr & SCTLR_WXN) && writable);
    } else {
        page->is_writable = el0 && writable;
        page->is_executable = el0 && !(entry & PT_UXN) && !(above & TABLE_XN) &&
                              !((r->sctlr & SCTLR_WXN) && writable);
    }
    page->is_readable = r->is_el1 || el0;
}

static u32 walk_off(u64 va, struct guest_page *page)
{
    *page = (struct guest_page){.ipa = ALIGN_DOWN(va, PAGE_SIZE),
                                .is_readable = true,
                                .is_writable = true,
                                .is_executable = true};
    return 0;
}

static u32 leaf(const struct guest_regime *r, u64 va, u64 entry, u64 above, unsigned level,
                struct guest_page *page)
{
    u64 size = 1UL << (39 - 9 * level);
    page->level = level;
    if (!(entry & PT_AF)) {
        return FSC_ACCESS_FLAG | level;
    }
    page->ipa = (entry & PT_ADDR & ~(size - 1)) | (va & (size - 1) & ~(PAGE_SIZE - 1));
    set_permissions(r, entry, above, page);
    return 0;
}

u32 guest_walk(struct vm *vm, const struct guest_regime *r, u64 va, struct guest_page *page)
{
    if (!(r->sctlr & SCTLR_M)) {
        return walk_off(va, page);
    }
    u64 t0sz = r->tcr & TCR_T0SZ_MASK;
    t0sz = t0sz < 16 ? 16 : t0sz > 39 ? 39 : t0sz;
    if ((r->tcr & (TCR_EPD0 | TCR_TG0)) || va >> (64 - t0sz)) {
        return FSC_TRANSLATION_0;
    }
    unsigned level = t0sz < 25 ? 0 : t0sz < 34 ? 1 : 2;
    u64 table = r->ttbr0 & PT_ADDR;
    u64 above = 0;
    u64 bits = 64 - t0sz - (39 - 9 * level); /* the first table may be smaller or take fewer bits */
    u64 index = va >> (39 - 9 * level) & (BIT(bits) - 1);
    if (bits < 9) { /* it is aligned to its own size, not to a page */
        table |= r->ttbr0 & 0xfff & ~(BIT(bits + 3) - 1);
    }
    for (;; level++) {
        const u64 *entry = vm_memory(vm, table + 8 * index);
        if (!entry) {
            return FSC_WALK_ABORT + level;
        }
        u64 e = READ_ONCE(*entry);
        bool is_table = e & PT_TABLE;
        if (!(e & PT_VALID) || (level == 3 && !is_table) || (level == 0 && !is_table)) {
            return FSC_TRANSLATION_0 + level;
        }
        if (level == 3 || !is_table) {
            return leaf(r, va, e, above, level, page);
        }
        above |= e & (TABLE_PXN | TABLE_XN | TABLE_EL0 | TABLE_RO);
        table = e & PT_ADDR;
        index = va >> (30 - 9 * level) & 0x1ff;
    }
}
