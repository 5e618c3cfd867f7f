#include "tests/unit/gic/gic_bench.h"

#include <stdlib.h>
#include <string.h>

static struct {
    struct gic *gic;
    struct pe pes[EL2SIM_MAX_CPUS];
    unsigned version;
    unsigned cpu_count;
} bench;

void bench_start_with(const struct gic_config *config)
{
    struct pe *pes[EL2SIM_MAX_CPUS];
    memset(&bench, 0, sizeof bench);
    for (unsigned i = 0; i < config->cpu_count; i++) {
        pes[i] = &bench.pes[i];
        bench.pes[i].index = i;
        bench.pes[i].model.has[FEAT_EL2] = true;
        bench.pes[i].ps.el = 2;
    }
    bench.version = config->version;
    bench.cpu_count = config->cpu_count;
    bench.gic = gic_create(config, pes, NULL);
}

void bench_start(unsigned version, unsigned cpus)
{
    const struct gic_config config = {.version = version,
                                      .cpu_count = cpus,
                                      .spi_count = 224,
                                      .priority_bits = version == 2 ? 8 : 5,
                                      .virtual_priority_bits = 5,
                                      .list_register_count = 4,
                                      .has_virtualization = true};
    bench_start_with(&config);
}

void bench_stop(void)
{
    gic_destroy(bench.gic);
    bench.gic = NULL;
}

struct gic *bench_gic(void)
{
    return bench.gic;
}

struct pe *bench_pe(unsigned cpu)
{
    return &bench.pes[cpu];
}

unsigned bench_version(void)
{
    return bench.version;
}

enum bus_result access_port(enum port port, struct bus_access *a)
{
    static enum bus_result (*const access[])(void *, struct bus_access *) = {
        [GICD] = gic_gicd_access, [GICC] = gic_gicc_access, [GICH] = gic_gich_access,
        [GICV] = gic_gicv_access, [GICR] = gic_gicr_access,
    };
    return access[port](bench.gic, a);
}

uint32_t rd(enum port port, unsigned cpu, uint64_t offset)
{
    struct bus_access a = {.offset = offset, .size_bytes = 4, .cpu = cpu};
    ck_assert_int_eq(access_port(port, &a), BUS_OK);
    ck_assert_uint_le(a.value, UINT32_MAX);
    return (uint32_t)a.value;
}

void wr(enum port port, unsigned cpu, uint64_t offset, uint32_t value)
{
    struct bus_access a = {
        .offset = offset, .size_bytes = 4, .cpu = cpu, .write = true, .value = value};
    ck_assert_int_eq(access_port(port, &a), BUS_OK);
}

uint64_t sr(unsigned cpu, enum sysreg_id id)
{
    struct sysreg_ops ops = gic_sysreg_ops(bench.gic, cpu);
    return ops.read(ops.ctx, id);
}

void set_sr(unsigned cpu, enum sysreg_id id, uint64_t value)
{
    struct sysreg_ops ops = gic_sysreg_ops(bench.gic, cpu);
    ops.write(ops.ctx, id, value);
}

void wire(unsigned intid, unsigned cpu, bool level)
{
    struct irq_line line = gic_line(bench.gic, intid, cpu);
    line.level = !level;
    irq_set(&line, level);
}

bool out(unsigned cpu, enum pe_input input)
{
    return bench.pes[cpu].inputs[input];
}

void bench_enable(void)
{
    wr(GICD, 0, D_CTLR, 3);
    for (unsigned i = 0; i < bench.cpu_count; i++) {
        if (bench.version == 2) {
            wr(GICC, i, C_CTLR, 3);
        } else {
            wr(GICR, i, i * R_FRAME + R_WAKER, 0);
            set_sr(i, SR_ICC_IGRPEN0_EL1, 1);
            set_sr(i, SR_ICC_IGRPEN1_EL1, 1);
        }
        set_pmr(i, 0xff);
    }
}

/* Where a register with state per INTID is: GICD, or the SGI frame of `cpu`. */
struct place {
    enum port port;
    uint64_t base;
};

static struct place place_of(unsigned intid, unsigned cpu)
{
    if (bench.version == 3 && intid < 32) {
        return (struct place){GICR, cpu * R_FRAME + R_SGI};
    }
    return (struct place){GICD, 0};
}

static void wr_bit(unsigned intid, unsigned cpu, unsigned offset)
{
    struct place p = place_of(intid, cpu);
    wr(p.port, cpu, p.base + offset + intid / 32 * 4, UINT32_C(1) << intid % 32);
}

static bool rd_bit(unsigned intid, unsigned cpu, unsigned offset)
{
    struct place p = place_of(intid, cpu);
    return rd(p.port, cpu, p.base + offset + intid / 32 * 4) >> intid % 32 & 1;
}

static void wr_byte(unsigned intid, unsigned cpu, unsigned offset, unsigned value)
{
    struct place p = place_of(intid, cpu);
    struct bus_access a = {.offset = p.base + offset + intid,
                           .size_bytes = 1,
                           .cpu = cpu,
                           .write = true,
                           .value = value};
    ck_assert_int_eq(access_port(p.port, &a), BUS_OK);
}

void set_priority(unsigned intid, unsigned cpu, unsigned priority)
{
    wr_byte(intid, cpu, D_IPRIORITYR, priority);
}

void set_group(unsigned intid, unsigned cpu, unsigned group)
{
    struct place p = place_of(intid, cpu);
    uint64_t at = p.base + D_IGROUPR + intid / 32 * 4;
    uint32_t mask = UINT32_C(1) << intid % 32;
    uint32_t word = rd(p.port, cpu, at);
    wr(p.port, cpu, at, group ? word | mask : word & ~mask);
}

void enable(unsigned intid, unsigned cpu)
{
    wr_bit(intid, cpu, D_ISENABLER);
    if (intid >= 32 && bench.version == 2) {
        wr_byte(intid, cpu, D_ITARGETSR, 1u << cpu);
    } else if (intid >= 32) {
        wr(GICD, cpu, D_IROUTER + 8 * intid, cpu);
    }
}

void pend(unsigned intid, unsigned cpu)
{
    wr_bit(intid, cpu, D_ISPENDR);
}

bool is_pending(unsigned intid, unsigned cpu)
{
    return rd_bit(intid, cpu, D_ISPENDR);
}

bool is_active(unsigned intid, unsigned cpu)
{
    return rd_bit(intid, cpu, D_ISACTIVER);
}

unsigned ack(unsigned cpu)
{
    return bench.version == 2 ? rd(GICC, cpu, C_IAR) : (unsigned)sr(cpu, SR_ICC_IAR1_EL1);
}

void eoi(unsigned cpu, unsigned intid)
{
    if (bench.version == 2) {
        wr(GICC, cpu, C_EOIR, intid);
    } else {
        set_sr(cpu, SR_ICC_EOIR1_EL1, intid);
    }
}

void dir(unsigned cpu, unsigned intid)
{
    if (bench.version == 2) {
        wr(GICC, cpu, C_DIR, intid);
    } else {
        set_sr(cpu, SR_ICC_DIR_EL1, intid);
    }
}

unsigned rpr(unsigned cpu)
{
    return bench.version == 2 ? rd(GICC, cpu, C_RPR) : (unsigned)sr(cpu, SR_ICC_RPR_EL1);
}

void set_pmr(unsigned cpu, unsigned priority)
{
    if (bench.version == 2) {
        wr(GICC, cpu, C_PMR, priority);
    } else {
        set_sr(cpu, SR_ICC_PMR_EL1, priority);
    }
}

void set_eoi_split(unsigned cpu, bool split)
{
    if (bench.version == 2) {
        uint32_t ctlr = rd(GICC, cpu, C_CTLR);
        wr(GICC, cpu, C_CTLR, (ctlr & ~(1u << 9)) | (uint32_t)split << 9);
    } else {
        set_sr(cpu, SR_ICC_CTLR_EL1, (uint64_t)split << 1);
    }
}

void set_lr(unsigned cpu, unsigned n, struct lr_fields f)
{
    if (bench.version == 2) {
        uint32_t physical = f.hw ? f.pintid : (uint32_t)f.eoi << 9 | f.source;
        wr(GICH, cpu, H_LR + 4 * n,
           f.vintid | physical << 10 | f.priority >> 3 << 23 | f.state << 28 | f.group << 30 |
               (uint32_t)f.hw << 31);
    } else {
        uint64_t physical = f.hw ? f.pintid : (uint64_t)f.eoi << 9;
        set_sr(cpu, SR_ICH_LR0_EL2 + n,
               f.vintid | physical << 32 | (uint64_t)f.priority << 48 | (uint64_t)f.group << 60 |
                   (uint64_t)f.hw << 61 | (uint64_t)f.state << 62);
    }
}

unsigned lr_state(unsigned cpu, unsigned n)
{
    return bench.version == 2 ? rd(GICH, cpu, H_LR + 4 * n) >> 28 & 3
                              : (unsigned)(sr(cpu, SR_ICH_LR0_EL2 + n) >> 62);
}

void set_hcr(unsigned cpu, uint32_t value)
{
    if (bench.version == 2) {
        wr(GICH, cpu, H_HCR, value);
    } else {
        set_sr(cpu, SR_ICH_HCR_EL2, value);
    }
}

uint32_t hcr(unsigned cpu)
{
    return bench.version == 2 ? rd(GICH, cpu, H_HCR) : (uint32_t)sr(cpu, SR_ICH_HCR_EL2);
}

uint32_t misr(unsigned cpu)
{
    return bench.version == 2 ? rd(GICH, cpu, H_MISR) : (uint32_t)sr(cpu, SR_ICH_MISR_EL2);
}

uint32_t eisr(unsigned cpu)
{
    return bench.version == 2 ? rd(GICH, cpu, H_EISR) : (uint32_t)sr(cpu, SR_ICH_EISR_EL2);
}

uint32_t elrsr(unsigned cpu)
{
    return bench.version == 2 ? rd(GICH, cpu, H_ELRSR) : (uint32_t)sr(cpu, SR_ICH_ELRSR_EL2);
}

/* A guest's access: EL1 with the virtual interface in place. */
static uint64_t guest_sr(unsigned cpu, enum sysreg_id id, bool write, uint64_t value)
{
    struct pe *pe = &bench.pes[cpu];
    uint64_t old_hcr = pe->sr[SR_HCR_EL2];
    pe->sr[SR_HCR_EL2] = 0x18; /* FMO, IMO */
    pe->ps.el = 1;
    if (write) {
        set_sr(cpu, id, value);
    } else {
        value = sr(cpu, id);
    }
    pe->ps.el = 2;
    pe->sr[SR_HCR_EL2] = old_hcr;
    return value;
}

void guest_enable(unsigned cpu, bool split_eoi)
{
    set_hcr(cpu, hcr(cpu) | 1);
    if (bench.version == 2) {
        wr(GICV, cpu, C_CTLR, 3 | (uint32_t)split_eoi << 9);
        wr(GICV, cpu, C_PMR, 0xff);
    } else {
        guest_sr(cpu, SR_ICC_IGRPEN0_EL1, true, 1);
        guest_sr(cpu, SR_ICC_IGRPEN1_EL1, true, 1);
        guest_sr(cpu, SR_ICC_CTLR_EL1, true, (uint64_t)split_eoi << 1);
        guest_sr(cpu, SR_ICC_PMR_EL1, true, 0xff);
    }
}

unsigned guest_ack(unsigned cpu, unsigned group)
{
    if (bench.version == 2) {
        return rd(GICV, cpu, group ? C_AIAR : C_IAR);
    }
    return (unsigned)guest_sr(cpu, group ? SR_ICC_IAR1_EL1 : SR_ICC_IAR0_EL1, false, 0);
}

void guest_eoi(unsigned cpu, unsigned group, unsigned intid)
{
    if (bench.version == 2) {
        wr(GICV, cpu, group ? C_AEOIR : C_EOIR, intid);
    } else {
        guest_sr(cpu, group ? SR_ICC_EOIR1_EL1 : SR_ICC_EOIR0_EL1, true, intid);
    }
}

void guest_dir(unsigned cpu, unsigned intid)
{
    if (bench.version == 2) {
        wr(GICV, cpu, C_DIR, intid);
    } else {
        guest_sr(cpu, SR_ICC_DIR_EL1, true, intid);
    }
}

unsigned guest_rpr(unsigned cpu)
{
    return bench.version == 2 ? rd(GICV, cpu, C_RPR)
                              : (unsigned)guest_sr(cpu, SR_ICC_RPR_EL1, false, 0);
}

int bench_run(Suite *suite)
{
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
