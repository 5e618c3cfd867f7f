/* Translation and programs at EL0: what a hypervisor with stage 2 leaves to the hardware, and one
 * with shadow tables must do right. */
#include "micro/row.h"

#define WINDOW 0x80000000UL /* beyond the runtime's identity map */
#define PAGE   4096UL

#define PTE_TABLE 3UL
#define PTE_PAGE  0x707UL /* normal, inner shareable, accessed */
#define PTE_EL0   BIT(6)
#define PTE_RO    BIT(7)
#define PTE_NG    BIT(11)
#define PTE_PXN   BIT(53)
#define PTE_UXN   BIT(54)
#define PTE_DATA  (PTE_PAGE | PTE_PXN | PTE_UXN)
#define ASID(n)   ((u64)(n) << 48)
#define TCR_A1    BIT(22)

#define EC(esr)           ((esr) >> 26 & 0x3f)
#define EC_UNKNOWN        0x00
#define EC_SVC            0x15
#define EC_IABT_LOWER     0x20
#define EC_DABT_LOWER     0x24
#define EC_DABT_SAME      0x25
#define FSC(esr)          ((esr)&0x3f)
#define FSC_TRANSLATION_3 0x07
#define FSC_PERMISSION_3  0x0f
#define ISS_WNR           BIT(6)
#define PAR_F             BIT(0)
#define PAR_FST(par)      ((par) >> 1 & 0x3f)
#define PAR_PA            0xfffffffff000UL

#define SGI_TEST 4

extern u64 page_table[];                                                         /* lib/start.S */
u64 user_run(u64 pc, u64 x0);                                                    /* lib/start.S */
extern char user_text[], user_svc[], user_load[], user_store[], user_read_esr[]; /* user.S */

static u64 level1[512] __attribute__((aligned(4096))); /* of another address space */
static u64 level2[2][512] __attribute__((aligned(4096)));
static u64 level3[2][512] __attribute__((aligned(4096)));
static u64 page_a[512] __attribute__((aligned(4096)));
static u64 page_b[512] __attribute__((aligned(4096)));

enum { TEXT, KERNEL_DATA, USER_DATA, READ_ONLY, NO_EXECUTE, REMAPPED, PRIVATE, NOTHING };

static u64 va(unsigned page)
{
    return WINDOW + page * PAGE;
}

static void map(unsigned page, const void *memory, u64 attributes)
{
    level3[0][page] = (u64)memory | attributes;
    dsb(ishst);
    isb();
}

static void unmap(unsigned page)
{
    level3[0][page] = 0;
    dsb(ishst);
    tlbi_arg(vaae1is, va(page) >> 12);
    dsb(ish);
    isb();
}

static void prepare(void)
{
    page_a[0] = 0xa;
    page_b[0] = 0xb;
    level2[0][0] = (u64)level3[0] | PTE_TABLE;
    page_table[WINDOW >> 30] = (u64)level2[0] | PTE_TABLE;
    map(TEXT, user_text, PTE_PAGE | PTE_EL0 | PTE_RO | PTE_PXN);
    map(KERNEL_DATA, page_a, PTE_DATA);
    map(USER_DATA, page_a, PTE_DATA | PTE_EL0 | PTE_RO);
    map(READ_ONLY, page_a, PTE_DATA | PTE_RO);
    map(NO_EXECUTE, user_text, PTE_DATA | PTE_EL0 | PTE_RO);
    map(REMAPPED, page_a, PTE_DATA);
    map(PRIVATE, page_a, PTE_DATA | PTE_NG);
}

static u64 peek(unsigned page)
{
    return *(const volatile u64 *)va(page);
}

/* What a program did, and the registers of the exception that ended it. */
static struct {
    u64 esr, elr, far, spsr;
} end;

static void run_at(u64 pc, u64 x0)
{
    end.esr = user_run(pc, x0); /* interrupts are masked on return */
    end.elr = read_sysreg(elr_el1);
    end.far = read_sysreg(far_el1);
    end.spsr = read_sysreg(spsr_el1);
    irq_on();
}

static void run(const char *program, u64 x0)
{
    run_at(va(TEXT) + (u64)(program - user_text), x0);
}

static bool user_call(void)
{
    run(user_svc, 0);
    return EC(end.esr) == EC_SVC && (end.esr & 0xffff) == 0x123 && (end.spsr & 0xf) == 0 &&
           end.elr == va(TEXT) + (u64)(user_svc - user_text) + 4;
}

static void count_handler(void)
{
    handled++;
}

/* It is pending when the program starts: taken from EL0, which then goes on. */
static bool user_interrupt(void)
{
    handled = 0;
    irq_set_handler(SGI_TEST, count_handler);
    irq_off();
    gic_send_sgi(0, SGI_TEST);
    run(user_svc, 0);
    return handled == 1 && EC(end.esr) == EC_SVC;
}

static bool user_undefined(void)
{
    run(user_read_esr, 0);
    return EC(end.esr) == EC_UNKNOWN && (end.spsr & 0xf) == 0;
}

static bool user_permissions(void)
{
    run(user_load, va(USER_DATA));
    bool ok = EC(end.esr) == EC_SVC;
    run(user_load, va(KERNEL_DATA));
    ok = ok && EC(end.esr) == EC_DABT_LOWER && FSC(end.esr) == FSC_PERMISSION_3 &&
         !(end.esr & ISS_WNR) && end.far == va(KERNEL_DATA);
    run(user_store, va(USER_DATA));
    ok = ok && EC(end.esr) == EC_DABT_LOWER && FSC(end.esr) == FSC_PERMISSION_3 &&
         (end.esr & ISS_WNR) && end.far == va(USER_DATA);
    run_at(va(NO_EXECUTE), 0);
    return ok && EC(end.esr) == EC_IABT_LOWER && FSC(end.esr) == FSC_PERMISSION_3 &&
           end.far == va(NO_EXECUTE);
}

/* One access of the kernel's own that must fault. */
static bool faults(unsigned page, bool is_write, u64 fsc)
{
    exception_expected = (struct exception_expected){.armed = true};
    if (is_write) {
        mmio_write64(va(page) + 8, 0);
    } else {
        mmio_read64(va(page) + 8);
    }
    u64 esr = exception_expected.esr;
    return exception_expected.taken && EC(esr) == EC_DABT_SAME && FSC(esr) == fsc &&
           (bool)(esr & ISS_WNR) == is_write && exception_expected.far == va(page) + 8;
}

static bool kernel_faults(void)
{
    return faults(READ_ONLY, true, FSC_PERMISSION_3) && peek(READ_ONLY) == 0xa &&
           faults(NOTHING, false, FSC_TRANSLATION_3);
}

static bool remap(void)
{
    bool ok = peek(REMAPPED) == 0xa;
    unmap(REMAPPED);
    ok = ok && faults(REMAPPED, false, FSC_TRANSLATION_3);
    map(REMAPPED, page_b, PTE_DATA);
    ok = ok && peek(REMAPPED) == 0xb;
    unmap(REMAPPED);
    map(REMAPPED, page_a, PTE_DATA | PTE_RO);
    ok = ok && faults(REMAPPED, true, FSC_PERMISSION_3);
    unmap(REMAPPED);
    map(REMAPPED, page_a, PTE_DATA);
    mmio_write64(va(REMAPPED) + 8, 0xc);
    return ok && page_a[1] == 0xc;
}

static bool asid_in_ttbr1;

static void set_space(const u64 *root, unsigned asid)
{
    if (asid_in_ttbr1) {
        write_sysreg(ASID(asid), ttbr1_el1);
        write_sysreg((u64)root, ttbr0_el1);
    } else {
        write_sysreg((u64)root | ASID(asid), ttbr0_el1);
    }
    isb();
}

/* Two address spaces that differ in one page, told by ASID. */
static bool address_spaces(void)
{
    for (unsigned i = 0; i < 512; i++) {
        level1[i] = page_table[i];
        level3[1][i] = level3[0][i];
    }
    level1[WINDOW >> 30] = (u64)level2[1] | PTE_TABLE;
    level2[1][0] = (u64)level3[1] | PTE_TABLE;
    level3[1][PRIVATE] = (u64)page_b | PTE_DATA | PTE_NG;
    dsb(ishst);
    bool ok = true;
    for (unsigned i = 0; i < 3; i++) {
        set_space(page_table, 1);
        ok = ok && peek(PRIVATE) == 0xa;
        set_space(level1, 2);
        ok = ok && peek(PRIVATE) == 0xb;
    }
    level3[1][PRIVATE] = 0;
    dsb(ishst);
    tlbi_arg(aside1is, ASID(2));
    dsb(ish);
    ok = ok && faults(PRIVATE, false, FSC_TRANSLATION_3);
    set_space(page_table, 1);
    ok = ok && peek(PRIVATE) == 0xa;
    set_space(page_table, 0);
    tlbi(vmalle1is);
    dsb(ish);
    isb();
    return ok && peek(PRIVATE) == 0xa;
}

/* The same with the ASID in TTBR1_EL1, of which nothing else is used. */
static bool address_spaces_a1(void)
{
    u64 tcr = read_sysreg(tcr_el1);
    asid_in_ttbr1 = true;
    write_sysreg(0, ttbr1_el1);
    write_sysreg(tcr | TCR_A1, tcr_el1);
    isb();
    bool ok = address_spaces();
    asid_in_ttbr1 = false;
    write_sysreg(tcr, tcr_el1);
    isb();
    return ok;
}

/* The tables of two pages at very many addresses are few for us, but not for a shadow. */
static bool sparse_addresses(void)
{
    const unsigned first = WINDOW >> 30, blocks = 1024;
    bool ok = true;
    for (unsigned i = 0; i < 512; i++) {
        level1[i] = i > first ? (u64)level2[1] | PTE_TABLE : page_table[i];
        level2[1][i] = (u64)level3[1] | PTE_TABLE;
        level3[1][i] = 0;
    }
    level3[1][0] = (u64)page_a | PTE_DATA;
    level3[1][1] = (u64)page_b | PTE_DATA;
    dsb(ishst);
    set_space(level1, 3);
    tlbi(vmalle1is);
    dsb(ish);
    isb();
    for (u64 i = 0; i < blocks; i++) {
        u64 at = ((u64)(first + 1) << 30) + i * 0x200000;
        ok = ok && mmio_read64(at) == 0xa && mmio_read64(at + PAGE) == 0xb;
        ok = ok && mmio_read64(at - i / 2 * 0x200000) == 0xa; /* one of those before */
    }
    set_space(page_table, 0);
    tlbi(vmalle1is);
    dsb(ish);
    isb();
    return ok && peek(PRIVATE) == 0xa;
}

static bool address_translation(void)
{
    __asm__ volatile("at s1e1r, %0" ::"r"(va(KERNEL_DATA)) : "memory");
    isb();
    u64 par = read_sysreg(par_el1);
    bool ok = !(par & PAR_F) && (par & PAR_PA) == (u64)page_a;
    __asm__ volatile("at s1e0r, %0" ::"r"(va(KERNEL_DATA)) : "memory");
    isb();
    par = read_sysreg(par_el1);
    ok = ok && (par & PAR_F) && PAR_FST(par) == FSC_PERMISSION_3;
    __asm__ volatile("at s1e1w, %0" ::"r"(va(READ_ONLY)) : "memory");
    isb();
    par = read_sysreg(par_el1);
    return ok && (par & PAR_F) && PAR_FST(par) == FSC_PERMISSION_3;
}

static const struct check mmu_checks[] = {
    {"user-call", user_call},
    {"user-interrupt", user_interrupt},
    {"user-undefined", user_undefined},
    {"user-permissions", user_permissions},
    {"kernel-faults", kernel_faults},
    {"remap", remap},
    {"address-spaces", address_spaces},
    {"address-spaces-a1", address_spaces_a1},
    {"sparse-addresses", sparse_addresses},
    {"address-translation", address_translation},
};

bool checks_mmu_run(void)
{
    prepare();
    return checks_list_run(mmu_checks, ARRAY_SIZE(mmu_checks));
}
