/*
 * A virtual GIC's CPU side, as hypervisors have it: more interrupts can be pending for a vCPU than
 * there are list registers (GICv3, IHI 0069, "ICH_LR<n>_EL2").
 *
 *   vgic_flush()  before the vCPU runs: the most urgent pending interrupts go into list registers
 *   vgic_sync()   after it ran: what the guest did to them comes back
 *
 * Bugs to find, chosen by a define: VGIC_BUG_PRIORITY, VGIC_BUG_EOI, VGIC_BUG_REFILL.
 */
#include <stdbool.h>
#include <stdint.h>

#define IRQS 64
#define LRS  16
#define NONE 0xff

#define LR_PENDING  (1ull << 62)
#define LR_ACTIVE   (1ull << 63)
#define LR_GROUP1   (1ull << 60)
#define LR_PRIORITY 48

#define HCR_EN  (1u << 0)
#define HCR_UIE (1u << 1) /* maintenance interrupt when no, or one, list register is in use */

struct irq {
    uint8_t priority; /* 0 is the highest */
    bool pending, active, enabled;
    uint8_t lr; /* NONE: in no list register */
};

static struct irq irqs[IRQS];
static unsigned lr_count;

#define LR_CASE(n, op)                                                                             \
    case n:                                                                                        \
        op(n);                                                                                     \
        break
#define LR_ALL(op)                                                                                 \
    LR_CASE(0, op);                                                                                \
    LR_CASE(1, op);                                                                                \
    LR_CASE(2, op);                                                                                \
    LR_CASE(3, op)

/* ich_lr<n>_el2 = S3_4_C12_C12_n */
static uint64_t read_lr(unsigned n)
{
    uint64_t value = 0;
#define READ(n) __asm__ volatile("mrs %0, s3_4_c12_c12_" #n : "=r"(value))
    switch (n) {
        LR_ALL(READ);
    }
    return value;
}

static void write_lr(unsigned n, uint64_t value)
{
#define WRITE(n) __asm__ volatile("msr s3_4_c12_c12_" #n ", %0" ::"r"(value))
    switch (n) {
        LR_ALL(WRITE);
    }
}

static void write_hcr(uint64_t value)
{
    __asm__ volatile("msr s3_4_c12_c11_0, %0" ::"r"(value)); /* ich_hcr_el2 */
}

void vgic_init(void)
{
    uint64_t vtr;
    __asm__ volatile("mrs %0, s3_4_c12_c11_1" : "=r"(vtr)); /* ich_vtr_el2 */
    lr_count = (vtr & 31) + 1;
    for (unsigned i = 0; i < IRQS; i++) {
        irqs[i] = (struct irq){.priority = 0xa0, .lr = NONE};
    }
    for (unsigned n = 0; n < lr_count; n++) {
        write_lr(n, 0);
    }
    write_hcr(HCR_EN);
    uint64_t vmcr = 0xff000002; /* VPMR: all priorities; VENG1 */
    __asm__ volatile("msr s3_4_c12_c11_7, %0" ::"r"(vmcr));
}

void vgic_enable(unsigned intid, unsigned priority)
{
    irqs[intid].enabled = true;
    irqs[intid].priority = (uint8_t)priority;
}

void vgic_inject(unsigned intid)
{
    irqs[intid].pending = true;
}

static bool is_waiting(const struct irq *irq)
{
    return irq->lr == NONE && irq->pending && irq->enabled;
}

/* The most urgent interrupt that is in no list register; NONE when there is none. */
static unsigned next_waiting(void)
{
    unsigned best = NONE;
    for (unsigned i = 0; i < IRQS; i++) {
        if (!is_waiting(&irqs[i])) {
            continue;
        }
#ifdef VGIC_BUG_PRIORITY
        return i;
#endif
        if (best == NONE || irqs[i].priority < irqs[best].priority) {
            best = i;
        }
    }
    return best;
}

static bool is_free(unsigned n)
{
    for (unsigned i = 0; i < IRQS; i++) {
        if (irqs[i].lr == n) {
            return false;
        }
    }
    return true;
}

void vgic_flush(void)
{
    for (unsigned n = 0; n < lr_count; n++) {
        unsigned i = is_free(n) ? next_waiting() : NONE;
        if (i != NONE) {
            irqs[i].lr = (uint8_t)n;
            write_lr(n, LR_PENDING | LR_GROUP1 | (uint64_t)irqs[i].priority << LR_PRIORITY | i);
        }
    }
#ifdef VGIC_BUG_REFILL
    write_hcr(HCR_EN);
#else
    write_hcr(HCR_EN | (next_waiting() != NONE ? HCR_UIE : 0));
#endif
}

void vgic_sync(void)
{
    for (unsigned i = 0; i < IRQS; i++) {
        struct irq *irq = &irqs[i];
        if (irq->lr == NONE) {
            continue;
        }
        uint64_t lr = read_lr(irq->lr);
        irq->active = lr & LR_ACTIVE;
#ifndef VGIC_BUG_EOI
        irq->pending = lr & LR_PENDING;
#endif
        if (!(lr & (LR_PENDING | LR_ACTIVE))) {
            irq->lr = NONE;
        }
    }
}

/* The guest's side, called at EL1: its CPU interface is the virtual one. */
unsigned guest_acknowledge(void)
{
    uint64_t intid;
    __asm__ volatile("mrs %0, s3_0_c12_c12_0" : "=r"(intid)); /* icc_iar1_el1 */
    return (unsigned)intid;
}

void guest_end(unsigned intid)
{
    uint64_t value = intid;
    __asm__ volatile("msr s3_0_c12_c12_1, %0" ::"r"(value)); /* icc_eoir1_el1 */
}
