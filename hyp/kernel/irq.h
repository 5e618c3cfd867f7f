/* Interrupts: the controller (host_gicv2.c or host_gicv3.c) and who handles what. */
#ifndef EL2SIM_HYP_KERNEL_IRQ_H
#define EL2SIM_HYP_KERNEL_IRQ_H

#include "kernel/cpu.h"

#define SGI_RESCHEDULE 0
#define SGI_STOP       1
#define IRQS_MAX       96

/* --- the controller --- */
extern const char gic_name[];
void gic_init(void);                                  /* once */
void gic_init_cpu(struct cpu *c);                     /* on each CPU */
void gic_enable_ppi(u32 intid);                       /* on this CPU */
void gic_enable_spi(u32 intid, const struct cpu *to); /* as an edge */
u32 gic_acknowledge(
    void);             /* >= INTID_SPURIOUS: none. GICv2: bits above 9 name the sender of an SGI */
void gic_eoi(u32 ack); /* what gic_acknowledge() returned */
void gic_deactivate(u32 ack); /* where gic_eoi() only drops the priority: irq_split */
void gic_set_ppi_active(u32 intid, bool active); /* on this CPU */
void gic_send_sgi(const struct cpu *to, u32 sgi);

/* --- dispatch --- */
/* Boot argument eoi=split: completing an interrupt and deactivating it are two steps (EOImode 1).
 */
extern bool irq_split;
void irq_init(void);               /* once, before gic_init_cpu() */
void irq_set_forwarded(u32 intid); /* split: the guest deactivates it, by its list register */
typedef void (*irq_handler)(void);
void irq_set_handler(u32 intid,
                     irq_handler fn); /* below IRQS_MAX; before the interrupt is enabled */
void irq_dispatch(void);              /* from the vectors */

#endif
