/* A GIC with its PEs and nothing else: registers by port and offset, wires by INTID, outputs by
 * CPU. */
#ifndef EL2SIM_TESTS_UNIT_GIC_GIC_BENCH_H
#define EL2SIM_TESTS_UNIT_GIC_GIC_BENCH_H

#include <check.h>

#include "gic/gic.h"

enum port { GICD, GICC, GICH, GICV, GICR };

/* Offsets, typed from IHI 0048B tables 4-1, 4-2, 5-1 and IHI 0069 chapter 12. */
enum gicd_offset {
    D_CTLR = 0x000,
    D_TYPER = 0x004,
    D_IIDR = 0x008,
    D_STATUSR = 0x010,
    D_IGROUPR = 0x080,
    D_ISENABLER = 0x100,
    D_ICENABLER = 0x180,
    D_ISPENDR = 0x200,
    D_ICPENDR = 0x280,
    D_ISACTIVER = 0x300,
    D_ICACTIVER = 0x380,
    D_IPRIORITYR = 0x400,
    D_ITARGETSR = 0x800,
    D_ICFGR = 0xc00,
    D_SGIR = 0xf00,
    D_CPENDSGIR = 0xf10,
    D_SPENDSGIR = 0xf20,
    D_IROUTER = 0x6000
};
enum gicc_offset {
    C_CTLR = 0x00,
    C_PMR = 0x04,
    C_BPR = 0x08,
    C_IAR = 0x0c,
    C_EOIR = 0x10,
    C_RPR = 0x14,
    C_HPPIR = 0x18,
    C_ABPR = 0x1c,
    C_AIAR = 0x20,
    C_AEOIR = 0x24,
    C_AHPPIR = 0x28,
    C_APR = 0xd0,
    C_NSAPR = 0xe0,
    C_IIDR = 0xfc,
    C_DIR = 0x1000
};
enum gich_offset {
    H_HCR = 0x00,
    H_VTR = 0x04,
    H_VMCR = 0x08,
    H_MISR = 0x10,
    H_EISR = 0x20,
    H_ELRSR = 0x30,
    H_APR = 0xf0,
    H_LR = 0x100
};
enum gicr_offset {
    R_CTLR = 0x00,
    R_TYPER = 0x08,
    R_STATUSR = 0x10,
    R_WAKER = 0x14,
    R_SGI = 0x10000, /* then as GICD */
    R_FRAME = 0x20000
};

/* GICv2: 8 bits of priority; GICv3: 5. 224 SPIs, 4 list registers, everything as after reset. */
void bench_start(unsigned version, unsigned cpus);
void bench_start_with(const struct gic_config *config);
void bench_stop(void);

/* Both groups on everywhere, masks open, CPUs awake. */
void bench_enable(void);

struct gic *bench_gic(void);
struct pe *bench_pe(unsigned cpu);
unsigned bench_version(void);

/* 32-bit accesses that must succeed. */
uint32_t rd(enum port port, unsigned cpu, uint64_t offset);
void wr(enum port port, unsigned cpu, uint64_t offset, uint32_t value);
enum bus_result access_port(enum port port, struct bus_access *a);

uint64_t sr(unsigned cpu, enum sysreg_id id);
void set_sr(unsigned cpu, enum sysreg_id id, uint64_t value);

void wire(unsigned intid, unsigned cpu, bool level);
bool out(unsigned cpu, enum pe_input input);

/* Distributor state in either version: private INTIDs of `cpu`, SPIs routed to it. */
void set_priority(unsigned intid, unsigned cpu, unsigned priority);
void set_group(unsigned intid, unsigned cpu, unsigned group);
void enable(unsigned intid, unsigned cpu); /* and route an SPI to that CPU */
void pend(unsigned intid, unsigned cpu);
bool is_pending(unsigned intid, unsigned cpu);
bool is_active(unsigned intid, unsigned cpu);

/* The physical CPU interface in either version, group 1 on GICv3, group 0 on GICv2. */
unsigned ack(unsigned cpu);
void eoi(unsigned cpu, unsigned intid);
void dir(unsigned cpu, unsigned intid);
unsigned rpr(unsigned cpu);
void set_pmr(unsigned cpu, unsigned priority);
void set_eoi_split(unsigned cpu, bool split);

/* List registers in either version, from their fields. */
struct lr_fields {
    unsigned vintid, pintid, priority, group, state;
    bool hw, eoi;
    unsigned source; /* GICv2 */
};
void set_lr(unsigned cpu, unsigned n, struct lr_fields f);
unsigned lr_state(unsigned cpu, unsigned n); /* 0 invalid, 1 pending, 2 active, 3 both */
void set_hcr(unsigned cpu, uint32_t value);
uint32_t hcr(unsigned cpu);
uint32_t misr(unsigned cpu);
uint32_t eisr(unsigned cpu);
uint32_t elrsr(unsigned cpu);

/* The guest's view: GICV, or ICV at EL1 with IMO and FMO. Group 0 in GICv2, the given one in
 * GICv3. */
void guest_enable(unsigned cpu, bool split_eoi);
unsigned guest_ack(unsigned cpu, unsigned group);
void guest_eoi(unsigned cpu, unsigned group, unsigned intid);
void guest_dir(unsigned cpu, unsigned intid);
unsigned guest_rpr(unsigned cpu);

/* Runs the suites; the status for main(). */
int bench_run(Suite *suite);

#endif
