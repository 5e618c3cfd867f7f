/* What Xen's interface (xen/) asks of its host, by a KVM: the guest's registers and memory are
 * where an exit has left them. */
#include "a64.h"
#include "arch/boot.h"
#include "kernel/page.h"
#include "kernel/pt.h"
#include "xen/domain.h"

/* Stage 1 of a guest with 4 KiB granules. Arm ARM D8 */
#define TCR_TG0(tcr) ((tcr) >> 14 & 3)
#define TCR_TG1(tcr) ((tcr) >> 30 & 3)
#define TG0_4K       0
#define TG1_4K       2

enum exit_action exit_hvc_xen(struct vcpu *v)
{
    if ((v->arch.esr & 0xffff) != XEN_HVC_IMMEDIATE || !v->vm->xen) {
        return exit_hvc(v);
    }
    hypercall(v);
    return EXIT_RESUME;
}

u64 *guest_registers(struct vcpu *v)
{
    return v->arch.ctx.x;
}

void *guest_ram(struct vm *vm, u64 ipa)
{
    return stage2_own_memory(vm, ipa);
}

/* Where the guest has memory it is owed the tables anyway. */
bool guest_map_page(struct vm *vm, u64 ipa, const void *page, bool writable)
{
    return ipa % PAGE_SIZE == 0 && vm_memory(vm, ipa) &&
           stage2_set_page(vm, ipa, (void *)page, writable);
}

void guest_unmap_page(struct vm *vm, u64 ipa)
{
    stage2_set_page(vm, ipa, NULL, false);
}

void guest_block(struct vcpu *v)
{
    wait_event(&v->wait, vcpu_has_work(v));
}

/* From the table for va to the descriptor of its page or block. False: there is none, or it is not
 * for this access. */
static bool walk(struct vcpu *v, u64 va, unsigned bits, u64 table, bool write, u64 *ipa)
{
    unsigned level = 4 - (bits - 12 + 8) / 9;
    for (;; level++) {
        unsigned shift = 39 - 9 * level;
        u64 index_bits = level == 4 - (bits - 12 + 8) / 9 ? bits - shift : 9;
        u64 *slot = guest_ram(v->vm, table + 8 * (va >> shift & (BIT(index_bits) - 1)));
        u64 e = slot ? READ_ONCE(*slot) : 0;
        bool is_table = level < 3 && (e & PT_TABLE);
        if (!(e & PT_VALID) || (level == 3 && !(e & PT_TABLE)) || (level == 0 && !is_table)) {
            return false;
        }
        if (!is_table) {
            u64 mask = BIT(shift) - 1;
            *ipa = (e & PT_ADDR & ~mask) | (va & mask);
            return !(write && (e & PT_RO));
        }
        table = e & PT_ADDR;
    }
}

void *guest_address(struct vcpu *v, u64 va, bool write)
{
    u64 tcr = vcpu_sys(v, SYS_TCR);
    bool upper = va >> 63;
    unsigned bits = 64 - (unsigned)((upper ? tcr >> 16 : tcr) & 0x3f);
    u64 table = vcpu_sys(v, upper ? SYS_TTBR1 : SYS_TTBR0) & PT_ADDR;
    u64 ipa = va;
    if (vcpu_sys(v, SYS_SCTLR) & SCTLR_M) {
        bool small = upper ? TCR_TG1(tcr) == TG1_4K : TCR_TG0(tcr) == TG0_4K;
        u64 rest = upper ? ~va : va;
        if (!small || bits < 25 || bits > 48 || rest >> bits ||
            !walk(v, va, bits, table, write, &ipa)) {
            return NULL;
        }
    }
    return guest_ram(v->vm, ipa);
}
