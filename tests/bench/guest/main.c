/* Boots at EL2, reads "row=NAME n=COUNT" from the command line, sets the machine up for that row,
 * and goes down to run it. It prints nothing: who measures takes the time of the whole process. */
#include "tests/bench/guest/bench.h"

#include <stdbool.h>
#include <stddef.h>

#define WR(reg, value) __asm__ volatile("msr " reg ", %0" ::"r"((uint64_t)(value)) : "memory")
#define ISB()          __asm__ volatile("isb" ::: "memory")
#define DSB()          __asm__ volatile("dsb sy" ::: "memory")

#define SPSR_EL1H 0x3c5
#define SPSR_EL0T 0x3c0

#define HCR_VM   (1UL << 0)
#define HCR_TID3 (1UL << 18)
#define HCR_RW   (1UL << 31)

/* Descriptors (Arm ARM D5.3); MAIR index 0 is Device-nGnRnE, 1 Normal write-back. */
#define PT_BLOCK    1UL
#define PT_TABLE    3UL
#define PT_PAGE     3UL
#define PT_NORMAL   (1UL << 2)
#define PT_RW       (1UL << 6) /* EL0 too: EL2 wants AP[1] set */
#define PT_RO       (3UL << 6)
#define PT_INNER    (3UL << 8)
#define PT_AF       (1UL << 10)
#define PT_PXN      (1UL << 53)
#define PT_XN       (1UL << 54 | PT_PXN)
#define S2_NORMAL   (15UL << 2)
#define S2_RW       (3UL << 6)
#define GIB         (1UL << 30)
#define SIZE_2M     (1UL << 21)
#define MAIR_VALUE  0xff00UL
#define TCR_4G_4K   (32UL | 1UL << 8 | 1UL << 10 | 3UL << 12 | 1UL << 23 | 2UL << 32) /* EPD1 */
#define VTCR_4G_4K  (32UL | 1UL << 6 | 1UL << 8 | 1UL << 10 | 3UL << 12 | 2UL << 16 | 1UL << 31)
#define TCR_EL2_4G  (32UL | 1UL << 8 | 1UL << 10 | 3UL << 12 | 2UL << 16 | 1UL << 23 | 1UL << 31)
#define SCTLR_EL1_V (0x30d00800UL | 1 | 1 << 2 | 1 << 12) /* RES1, M, C, I */
#define SCTLR_EL2_V (0x30c50830UL | 1 | 1 << 2 | 1 << 12)

enum gic_need { GIC_NONE, GIC_V2, GIC_V3 };

static const struct row {
    const char *name;
    bench_loop *loop;
    char *vectors_el1, *vectors_el2;
    uint64_t hcr;
    bool at_el0;
    enum gic_need gic;
} rows[] = {
    {.name = "compute", .loop = row_compute},
    {.name = "loadstore", .loop = row_loadstore},
    {.name = "memcpy", .loop = row_memcpy},
    {.name = "call", .loop = row_call},
    {.name = "fp", .loop = row_fp},
    {.name = "svc", .loop = row_svc, .at_el0 = true, .vectors_el1 = vectors_svc},
    {.name = "hvc", .loop = row_hvc},
    {.name = "trap", .loop = row_trap, .vectors_el2 = vectors_trap, .hcr = HCR_TID3},
    {.name = "sysreg", .loop = row_sysreg},
    {.name = "dc", .loop = row_dc},
    {.name = "mmio", .loop = row_mmio},
    {.name = "fault", .loop = row_fault, .vectors_el1 = vectors_skip},
    {.name = "tlbi", .loop = row_tlbi},
    {.name = "wfi2", .loop = row_wfi2, .vectors_el1 = vectors_irq2, .gic = GIC_V2},
    {.name = "wfi3", .loop = row_wfi3, .vectors_el1 = vectors_irq3, .gic = GIC_V3},
    {.name = "gic2", .loop = row_gic2, .gic = GIC_V2},
    {.name = "gic3", .loop = row_gic3, .gic = GIC_V3},
    {.name = "exit", .loop = row_exit, .vectors_el2 = vectors_exit, .hcr = HCR_VM},
};

static uint64_t level1[512] __attribute__((aligned(4096)));
static uint64_t level2[512] __attribute__((aligned(4096)));
static uint64_t level3[512] __attribute__((aligned(4096)));
static uint64_t ram2[512] __attribute__((aligned(4096)));
static uint64_t image3[512] __attribute__((aligned(4096)));
static uint64_t stage2[512] __attribute__((aligned(4096)));
static uint64_t page[512] __attribute__((aligned(4096)));
static uint8_t buffer[BUFFER_BYTES] __attribute__((aligned(4096)));

extern char image_start[], text_end[];
void guest_main(void);

static uint32_t be32(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

/* Where `text` goes on if it starts with `start`, else NULL. */
static const char *after(const char *text, const char *start)
{
    while (*start != '\0') {
        if (*text++ != *start++) {
            return NULL;
        }
    }
    return text;
}

/* The property /chosen/bootargs of the flattened tree that lies at the start of RAM (Devicetree
 * Specification v0.3 chapter 5); no other node has a property of that name. */
static const char *bootargs(const uint8_t *tree)
{
    const uint8_t *p = tree + be32(tree + 8);
    const char *strings = (const char *)tree + be32(tree + 12);
    for (;;) {
        uint32_t token = be32(p);
        p += 4;
        if (token == 1) { /* FDT_BEGIN_NODE: its name */
            size_t length = 0;
            while (p[length] != '\0') {
                length++;
            }
            p += (length + 4) & ~3UL;
        } else if (token == 3) { /* FDT_PROP */
            if (after(strings + be32(p + 4), "bootargs")) {
                return (const char *)p + 8;
            }
            p += 8 + ((be32(p) + 3) & ~3U);
        } else if (token == 9) { /* FDT_END */
            return "";
        }
    }
}

static const char *argument(const char *args, const char *name)
{
    for (; *args != '\0'; args++) {
        const char *value = after(args, name);
        if (value) {
            return value;
        }
    }
    return "";
}

static const struct row *row_named(const char *name)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const char *end = after(name, rows[i].name);
        if (end && (*end == ' ' || *end == '\0')) {
            return &rows[i];
        }
    }
    power_off();
}

/* RAM as kernels and hypervisors map it: their text read-only, nothing else executable. */
static void map_ram(uint64_t normal)
{
    uint64_t image = (uint64_t)image_start;
    for (uint64_t i = 0; i < 512; i++) {
        uint64_t at = image + i * 4096;
        ram2[i] = (GIB + i * SIZE_2M) | PT_BLOCK | normal | PT_RW | PT_XN;
        image3[i] = at | PT_PAGE | normal | (at < (uint64_t)text_end ? PT_RO : PT_RW | PT_XN);
    }
    ram2[(image - GIB) / SIZE_2M] = (uint64_t)image3 | PT_TABLE;
    level1[1] = (uint64_t)ram2 | PT_TABLE;
}

/* The same table for EL1 and EL2. */
static void translation_on(void)
{
    uint64_t device = PT_BLOCK | PT_RW | PT_XN | PT_AF;
    uint64_t normal = PT_NORMAL | PT_INNER | PT_AF;
    level1[0] = device;
    map_ram(normal);
    level1[VA_UNBACKED / GIB] = VA_UNBACKED | device;
    level1[VA_PAGE / GIB] = (uint64_t)level2 | PT_TABLE;
    level2[0] = (uint64_t)level3 | PT_TABLE;
    level2[(VA_USER - VA_PAGE) / SIZE_2M] =
        (uint64_t)image_start | PT_BLOCK | normal | PT_RO | PT_PXN;
    level3[0] = (uint64_t)page | PT_PAGE | normal | PT_RW | PT_XN;
    stage2[0] = PT_BLOCK | S2_RW | PT_AF;
    stage2[1] = 1 * GIB | PT_BLOCK | S2_NORMAL | S2_RW | PT_INNER | PT_AF;
    DSB();
    WR("mair_el1", MAIR_VALUE);
    WR("tcr_el1", TCR_4G_4K);
    WR("ttbr0_el1", level1);
    WR("sctlr_el1", SCTLR_EL1_V);
    WR("mair_el2", MAIR_VALUE);
    WR("tcr_el2", TCR_EL2_4G);
    WR("ttbr0_el2", level1);
    WR("vtcr_el2", VTCR_4G_4K);
    WR("vttbr_el2", stage2);
    __asm__ volatile("tlbi alle1\n tlbi alle2\n dsb sy\n isb" ::: "memory");
    WR("sctlr_el2", SCTLR_EL2_V);
    ISB();
}

static void write32(uint64_t at, uint32_t value)
{
    *(volatile uint32_t *)at = value;
}

static uint32_t read32(uint64_t at)
{
    return *(volatile uint32_t *)at;
}

static void gic2_on(void)
{
    write32(GICD_BASE, 1);
    write32(GICD_BASE + 0x100, 1U << INTID_CNTV | 1U << SGI_INTID); /* ISENABLER0 */
    write32(GICC_BASE + 4, 0xff);                                   /* PMR */
    write32(GICC_BASE, 1);
}

static void gic3_on(void)
{
    WR("s3_4_c12_c9_5", 0xf); /* ICC_SRE_EL2: SRE, DFB, DIB, Enable */
    ISB();
    write32(GICD_BASE, 0x12); /* ARE, EnableGrp1 (ARE_NS with one security state) */
    write32(GICR_BASE + 0x14, 0);
    while (read32(GICR_BASE + 0x14) & 4) { /* GICR_WAKER.ChildrenAsleep */
    }
    write32(GICR_BASE + 0x10080, ~0U); /* IGROUPR0 */
    write32(GICR_BASE + 0x10100, 1U << INTID_CNTV | 1U << SGI_INTID);
    WR("s3_0_c12_c12_5", 1);  /* ICC_SRE_EL1 */
    WR("s3_0_c4_c6_0", 0xff); /* ICC_PMR_EL1 */
    WR("s3_0_c12_c12_7", 1);  /* ICC_IGRPEN1_EL1 */
    ISB();
}

static uint64_t number(const char *text)
{
    uint64_t value = 0;
    for (; *text >= '0' && *text <= '9'; text++) {
        value = value * 10 + (uint64_t)(*text - '0');
    }
    return value;
}

void guest_main(void)
{
    const char *args = bootargs((const uint8_t *)GIB);
    const struct row *row = row_named(argument(args, "row="));
    uint64_t operations = number(argument(args, "n="));
    if (operations == 0) {
        power_off();
    }
    WR("cptr_el2", 0x33ff); /* RES1, nothing traps */
    WR("cpacr_el1", 3UL << 20);
    WR("cnthctl_el2", 3);
    WR("cntvoff_el2", 0);
    WR("vbar_el2", row->vectors_el2 ? row->vectors_el2 : vectors_return);
    WR("vbar_el1", row->vectors_el1 ? row->vectors_el1 : vectors_return);
    translation_on();
    if (row->gic == GIC_V2) {
        gic2_on();
    } else if (row->gic == GIC_V3) {
        gic3_on();
    }
    WR("hcr_el2", HCR_RW | row->hcr);
    ISB();
    if (row->at_el0) {
        uint64_t pc = (uint64_t)row->loop - (uint64_t)image_start + VA_USER;
        enter(operations, buffer, pc, SPSR_EL0T);
    }
    enter(operations, buffer, (uint64_t)row->loop, SPSR_EL1H);
}
