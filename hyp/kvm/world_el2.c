/* What the world switches of hosts at EL2 share, with E2H or without. */
#include "kvm/world_el2.h"

#include "a64.h"
#include "guest_el.h"
#include "kvm/world.h"

u64 world_ich_vtr(void)
{
    return read_sysreg(S3_4_C12_C11_1);
}

/* HPFAR_EL2 is UNKNOWN for a permission fault that is not of a walk: translate by hand. */
bool world_fault_read(struct vcpu_arch *v)
{
    u64 ec = v->esr >> 26;
    if (ec != 0x20 && ec != 0x24) {
        return true;
    }
    v->far = read_sysreg(far_el2);
    v->hpfar = read_sysreg(hpfar_el2);
    if ((v->esr & 0x3c) == 0x0c && !(v->esr & BIT(7))) {
        u64 par = read_sysreg(par_el1);
        __asm__ volatile("at s1e1r, %0" ::"r"(v->far) : "memory");
        isb();
        u64 result = read_sysreg(par_el1);
        write_sysreg(par, par_el1);
        if (result & 1) {
            return false;
        }
        v->hpfar = (result >> 12 & (BIT(36) - 1)) << 4;
    }
    return true;
}

/* Stage-2 maintenance acts on EL1&0 only while TGE is 0, and on the VMID of VTTBR_EL2. Arm ARM D8
 * "TLB maintenance instructions", HCR_EL2.TGE */
struct stage2_scope {
    u64 flags, hcr, vttbr;
};

static struct stage2_scope stage2_begin(const struct vm_arch *vm)
{
    struct stage2_scope s = {
        .flags = irq_save(), .hcr = read_sysreg(hcr_el2), .vttbr = read_sysreg(vttbr_el2)};
    dsb(ishst);
    if (vm) {
        write_sysreg(vm->vttbr, vttbr_el2);
    }
    write_sysreg(HCR_FOR_STAGE2, hcr_el2);
    isb();
    return s;
}

static void stage2_end(struct stage2_scope s)
{
    dsb(ish);
    isb();
    write_sysreg(s.vttbr, vttbr_el2);
    write_sysreg(s.hcr, hcr_el2);
    isb();
    irq_restore(s.flags);
}

void world_flush_ipa(struct vm_arch *vm, u64 ipa)
{
    struct stage2_scope s = stage2_begin(vm);
    tlbi_arg(ipas2e1is, ipa >> 12);
    dsb(ish); /* stage-2 entries first, then what was combined from them */
    tlbi(vmalle1is);
    stage2_end(s);
}

void world_flush_vm(struct vm_arch *vm)
{
    struct stage2_scope s = stage2_begin(vm);
    tlbi(vmalls12e1is);
    stage2_end(s);
}

void world_flush_all(void)
{
    struct stage2_scope s = stage2_begin(NULL);
    tlbi(alle1is);
    __asm__ volatile("ic ialluis" ::: "memory");
    stage2_end(s);
}
