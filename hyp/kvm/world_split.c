/* The host kernel's side of the lowvisor: it calls EL2 by HVC. */
#include "kvm/world.h"

#include "a64.h"
#include "abi/board.h"
#include "kernel/cpu.h"
#include "kernel/mmu.h"
#include "kernel/page.h"
#include "kernel/panic.h"
#include "kernel/pt.h"
#include "kernel/timer.h"

extern const struct {
    u64 init, vcpu_run, flush_ipa, flush_vm, flush_all, ich_vtr;
} hyp_symbols; /* world_split.S */

extern char __hyp_start[],
    __hyp_end[]; /* linker script: the kernel's addresses of .hyp.text, page aligned */

void world_panic(u64 esr, u64 elr, u64 far);

static u64 hyp_root[512] __attribute__((aligned(4096)));

u64 world_address(u64 va)
{
    return va - KERNEL_BASE;
}

static u64 hyp_call(u64 function, u64 a0, u64 a1, u64 a2, u64 a3)
{
    register u64 x0 __asm__("x0") = function;
    register u64 x1 __asm__("x1") = a0;
    register u64 x2 __asm__("x2") = a1;
    register u64 x3 __asm__("x3") = a2;
    register u64 x4 __asm__("x4") = a3;
    __asm__ volatile("hvc #0"
                     : "+r"(x0), "+r"(x1), "+r"(x2), "+r"(x3), "+r"(x4)
                     :
                     : "x5", "x6", "x7", "x8", "x9", "x10", "x11", "x12", "x13", "x14", "x15",
                       "x16", "x17", "x18", "memory", "cc");
    return x0;
}

void world_panic(u64 esr, u64 elr, u64 far)
{
    panic_exception("EL2", esr, elr, far, NULL);
}

/* EL2's stage 1 is the identity: the lowvisor's text, all RAM as data, the GIC. AP[1] is RES1 and
 * XN is UXN's bit in a regime of one exception level. Arm ARM D8 */
void world_init(void)
{
    const u64 ram = PT_ATTR(MAIR_NORMAL) | PT_SH_INNER | PT_EL0;
    const u64 device = PT_ATTR(MAIR_DEVICE_nGnRE) | PT_EL0 | PT_UXN;
    u64 from = virt_to_phys(__hyp_start);
    u64 to = virt_to_phys(__hyp_end);
    u64 end = kernel_ram_end();
    pt_map(hyp_root, ALIGN_DOWN(BOARD_GICH, 0x200000), ALIGN_DOWN(BOARD_GICH, 0x200000), 0x200000,
           device);
    pt_map(hyp_root, BOARD_RAM, BOARD_RAM, from - BOARD_RAM, ram | PT_UXN);
    pt_map(hyp_root, from, from, to - from, ram | PT_RO);
    pt_map(hyp_root, to, to, end - to, ram | PT_UXN);
}

u64 world_ich_vtr(void)
{
    return hyp_call(hyp_symbols.ich_vtr, 0, 0, 0, 0);
}

void world_init_cpu(void)
{
    static u8 stacks[CPU_MAX][PAGE_SIZE] __attribute__((aligned(PAGE_SIZE)));
    u64 parange = read_sysreg(id_aa64mmfr0_el1) & 0xf;
    /* Bits 31 and 23 are RES1. Arm ARM TCR_EL2, HCR_EL2.E2H = 0 */
    u64 tcr = BIT(31) | BIT(23) | TCR_T0SZ | TCR_WALK_WB_IS(0) | (parange < 5 ? parange : 5) << 16;
    u64 stack = virt_to_phys(stacks[cpu_this()->index]) + sizeof(stacks[0]);
    hyp_call(hyp_symbols.init, virt_to_phys(hyp_root), stack, tcr, world_vtcr());
}

u64 world_run(struct vcpu_arch *vcpu)
{
    return hyp_call(hyp_symbols.vcpu_run, world_address((u64)vcpu), 0, 0, 0);
}

/* These use VTTBR_EL2, which tells host from guest at EL2: no interrupt, hence no other call, in
 * between. */
static void flush(u64 function, struct vm_arch *vm, u64 ipa)
{
    u64 flags = irq_save();
    hyp_call(function, vm ? world_address((u64)vm) : 0, ipa, 0, 0);
    irq_restore(flags);
}

void world_flush_ipa(struct vm_arch *vm, u64 ipa)
{
    flush(hyp_symbols.flush_ipa, vm, ipa);
}

void world_flush_vm(struct vm_arch *vm)
{
    flush(hyp_symbols.flush_vm, vm, 0);
}

void world_flush_all(void)
{
    flush(hyp_symbols.flush_all, NULL, 0);
}
