#include "sim/board/machine.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cpu-el/pmu.h"
#include "sim/base/err.h"
#include "sim/board/checkpoint_ram.h"
#include "sim/board/cpu.h"
#include "sim/board/fdt_check.h"
#include "sim/image/memmap.h"
#include "sim/board/net_link.h"

#define PMU_INTID (MEMMAP_INTID_PPI + MEMMAP_PPI_PMU)

static cycles_t stamp_of(void *ctx, unsigned cpu)
{
    struct machine *m = ctx;
    return m->cpus[cpu]->clock.now;
}

static bool read_descriptor(void *ctx, pa_t at, uint64_t *value)
{
    struct cpu *cpu = ctx;
    return ram_read64(&cpu->machine->ram, at, value);
}

/* Turns are never concurrent: compare and swap needs no atomicity of the host. */
static bool swap_descriptor(void *ctx, pa_t at, uint64_t expected, uint64_t desired, bool *swapped)
{
    struct cpu *cpu = ctx;
    uint64_t found;
    if (!ram_read64(&cpu->machine->ram, at, &found)) {
        return false;
    }
    *swapped = found == expected;
    code_written_by_walk(cpu->machine, at);
    return !*swapped || ram_write(&cpu->machine->ram, at, &desired, sizeof desired);
}

/* An SGI left: the CPU it is for is woken at this moment, and the sender's turn ends soon so that
 * it can go on. */
static void sgi_sent(void *ctx, unsigned from, unsigned to, unsigned intid)
{
    struct machine *m = ctx;
    struct cpu *sender = m->cpus[from];
    struct cpu *receiver = m->cpus[to];
    (void)intid;
    if (from == to) {
        return;
    }
    /* One that is disabled or masked there does not wake it. */
    if (receiver->pe.waiting && !receiver->wake_known && interrupt_wakes(&receiver->pe)) {
        receiver->wake_stamp = sender->clock.now;
        receiver->wake_known = true;
        receiver->wake_by_sgi = true;
    }
    span_sgi(sender, receiver);
    loop_end_turn(sender);
}

static const struct mmu_geometry *geometry_of(const struct machine_config *config,
                                              struct mmu_geometry *g)
{
    g->tlb_entries = config->tlb_entries ? config->tlb_entries : config->cpu.tlb_entries;
    g->tlb_ways = config->tlb_entries ? config->tlb_ways : config->cpu.tlb_ways;
    g->walk_cache_entries = config->walk_cache_entries;
    return g;
}

/* Whether the CPU has instructions that the engine's v8.0 model lacks. */
static bool has_later_instructions(const struct cpu_model *model)
{
    static const enum cpu_feature later[] = {
        FEAT_LSE,   FEAT_LOR,  FEAT_RDM,    FEAT_FP16,  FEAT_DOTPROD, FEAT_LRCPC,
        FEAT_JSCVT, FEAT_FCMA, FEAT_LRCPC2, FEAT_FLAGM, FEAT_SB,
    };
    for (size_t i = 0; i < sizeof later / sizeof later[0]; i++) {
        if (model->has[later[i]]) {
            return true;
        }
    }
    return false;
}

static bool create_cpu(struct machine *m, unsigned index, struct err *e)
{
    struct cpu *cpu = calloc(1, sizeof *cpu);
    BUG_ON(cpu == NULL);
    m->cpus[index] = cpu;
    cpu->machine = m;
    bool room = blocks_init(cpu);
    BUG_ON(!room);
    code_init(cpu);
    for (unsigned i = 0; i < ENGINE_VIEWS; i++) {
        cpu->view_regime[i] = REGIME_COUNT;
    }
    struct ledger_key key = {.cpu = (uint8_t)index};
    cpu->meter = (struct cost_meter){
        .prices = m->prices, .clock = &cpu->clock, .row = ledger_row(m->ledger, key)};
    cpu->pe.index = index;
    cpu->pe.model = m->config.cpu;
    cpu->pe.counter = &m->counter;
    cpu->pe.meter = &cpu->meter;
    cpu->turn_end = cpu->deadline = cpu->horizon = CYCLES_NEVER;

    struct mmu_geometry geometry;
    struct mmu_hooks hooks = {
        .ctx = cpu, .read64 = read_descriptor, .cas64 = swap_descriptor, .dropped = view_dropped};
    cpu->mmu = mmu_create(&cpu->pe, geometry_of(&m->config, &geometry), &hooks);

    struct engine_client client = {.ctx = cpu,
                                   .hook = block_enter,
                                   .trap = trap_taken,
                                   .fill = fault_fill,
                                   .system = trap_system};
    cpu->engine = engine_create(has_later_instructions(&m->config.cpu), &client, e);
    if (cpu->engine == NULL ||
        !engine_map_ram(cpu->engine, m->ram.base, m->ram.size_bytes, m->ram.host, e)) {
        return false;
    }
    if (shortcut_on(m, SHORTCUT_TLBS)) {
        engine_limit_tlbs(cpu->engine);
    }
    if (!shortcut_on(m, SHORTCUT_STATE)) {
        engine_use_api(cpu->engine);
    }
    if (shortcut_on(m, SHORTCUT_COUNTS)) {
        blocks_count_themselves(cpu);
    }
    lend_init(cpu);
    struct engine_natives natives = {.dc_zva = false};
    engine_set_natives(cpu->engine, natives);
    return true;
}

static void wire_cpu(struct machine *m, struct cpu *cpu)
{
    struct irq_line lines[TIMER_COUNT];
    for (unsigned id = 0; id < TIMER_COUNT; id++) {
        lines[id] = gic_line(m->gic, timer_intid((enum timer_id)id), cpu->pe.index);
    }
    cpu->timer = timer_create_for(&cpu->pe, &cpu->clock, &m->counter, lines);
    cpu->pe.owners[OWNER_TIMER] = timer_sysreg_ops(cpu->timer);
    cpu->pe.owners[OWNER_GIC] = gic_sysreg_ops(m->gic, cpu->pe.index);
    struct pmu_sources sources = {
        .instructions_retired = &cpu->instructions,
        .tlb_misses = &mmu_stats(cpu->mmu)->misses,
    };
    pmu_init(&cpu->pmu, &cpu->pe, &sources);
    cpu->pmu.irq = gic_line(m->gic, PMU_INTID, cpu->pe.index);
}

static void add_region(struct machine *m, const char *name, uint64_t base, uint64_t size,
                       enum bus_result (*access)(void *, struct bus_access *), void *device,
                       enum cost_class read)
{
    struct bus_region region = {.name = name,
                                .base = pa(base),
                                .size_bytes = size,
                                .access = access,
                                .device = device,
                                .read_cost = read,
                                .write_cost = (enum cost_class)(read + 1)};
    bool added = bus_add(&m->bus, &region);
    BUG_ON(!added);
}

static void create_gic(struct machine *m)
{
    const struct machine_config *c = &m->config;
    struct gic_config config = {
        .version = c->gic_version,
        .cpu_count = c->cpu_count,
        .spi_count = MEMMAP_SPI_COUNT,
        .priority_bits = c->gic_version == 2 ? 8 : 5,
        .virtual_priority_bits = c->cpu.virtual_priority_bits,
        .list_register_count = c->cpu.list_register_count,
        .has_virtualization = c->entry_el == 2,
    };
    struct pe *pes[EL2SIM_MAX_CPUS];
    for (unsigned i = 0; i < c->cpu_count; i++) {
        pes[i] = &m->cpus[i]->pe;
    }
    m->gic = gic_create(&config, pes, m->unimp);
    gic_on_sgi(m->gic, sgi_sent, m);
    add_region(m, "GICD", MEMMAP_GICD_BASE, MEMMAP_GICD_SIZE, gic_gicd_access, m->gic,
               COST_GICD_READ);
    if (c->gic_version == 3) {
        add_region(m, "GICR", MEMMAP_GICR_BASE, c->cpu_count * MEMMAP_GICR_STRIDE, gic_gicr_access,
                   m->gic, COST_GICR_READ);
        return;
    }
    add_region(m, "GICC", MEMMAP_GICC_BASE, MEMMAP_GICC_SIZE, gic_gicc_access, m->gic,
               COST_GICC_READ);
    if (config.has_virtualization) {
        add_region(m, "GICH", MEMMAP_GICH_BASE, MEMMAP_GICH_SIZE, gic_gich_access, m->gic,
                   COST_GICH_READ);
        add_region(m, "GICV", MEMMAP_GICV_BASE, MEMMAP_GICV_SIZE, gic_gicv_access, m->gic,
                   COST_GICV_READ);
    }
}

static void print_console(void *ctx, const char *text, size_t length)
{
    struct machine *m = ctx;
    input_console_output(m, text, length);
    snapshot_at_console(m, text, length);
}

static void create_devices(struct machine *m)
{
    struct clock *board =
        &m->cpus[0]->clock; /* the board's events come due on the first CPU's time */
    struct pl011_config uart = {
        .output = print_console,
        .output_ctx = m,
        .irq = gic_line(m->gic, MEMMAP_INTID_SPI + MEMMAP_SPI_UART, 0),
        .clock = board,
        .clock_hz = m->config.clock_hz,
        .uartclk_hz = MEMMAP_UART_CLOCK_HZ,
    };
    pl011_init(&m->uart, &uart);
    add_region(m, "PL011", MEMMAP_UART_BASE, MEMMAP_UART_SIZE, pl011_access, &m->uart,
               COST_MMIO_READ);
    struct pl031_config rtc = {
        .now = stamp_of,
        .now_ctx = m,
        .irq = gic_line(m->gic, MEMMAP_INTID_SPI + MEMMAP_SPI_RTC, 0),
        .clock = board,
        .rate = &m->counter,
    };
    pl031_init(&m->rtc, &rtc);
    add_region(m, "PL031", MEMMAP_RTC_BASE, MEMMAP_RTC_SIZE, pl031_access, &m->rtc, COST_MMIO_READ);
}

static void dma_written(void *ctx, pa_t at, uint64_t size_bytes)
{
    code_written(ctx, at, size_bytes);
}

static bool create_virtio(struct machine *m, struct err *e)
{
    struct devices_config config = {
        .list = m->config.devices,
        .host = {.dma = {.ram = &m->ram, .written = dma_written, .ctx = m},
                 .clock = &m->cpus[0]->clock,
                 .clock_hz = m->config.clock_hz,
                 .now = stamp_of,
                 .now_ctx = m,
                 .quiet = m->config.quiet},
        .output = print_console,
        .output_ctx = m,
    };
    for (unsigned slot = 0; slot < MEMMAP_VIRTIO_SLOTS; slot++) {
        config.irqs[slot] = gic_line(m->gic, MEMMAP_INTID_SPI + MEMMAP_SPI_VIRTIO + slot, 0);
    }
    m->devices = devices_create(&config, e);
    if (m->devices == NULL) {
        return false;
    }
    add_region(m, "virtio-mmio", MEMMAP_VIRTIO_BASE, MEMMAP_VIRTIO_SLOTS * MEMMAP_VIRTIO_STRIDE,
               virtio_access, devices_bus(m->devices), COST_MMIO_READ);
    return true;
}

static bool check_config(const struct machine_config *c, struct err *e)
{
    unsigned cpus_max = c->gic_version == 2 ? 8 : EL2SIM_MAX_CPUS;
    if (c->gic_version != 2 && c->gic_version != 3) {
        return err_set(e, "no GICv%u: --gic takes 2 or 3", c->gic_version);
    }
    if (c->cpu_count == 0 || c->cpu_count > cpus_max) {
        return err_set(e, "%u CPUs: GICv%u takes 1 to %u", c->cpu_count, c->gic_version, cpus_max);
    }
    if (c->gic_version == 3 && !c->cpu.has[FEAT_GICV3_SYSREGS]) {
        return err_set(e, "CPU %s has no GICv3 system registers: use --gic 2", c->cpu.name);
    }
    if (c->entry_el == 2 && !c->cpu.has[FEAT_EL2]) {
        return err_set(e, "CPU %s has no EL2 here: use --el 1", c->cpu.name);
    }
    return asid_range_check(&c->guest_asids, c->entry_el, e);
}

/* Functional: an instruction is a cycle, whatever it is, and nothing else costs. */
static void set_prices(struct machine *m)
{
    for (unsigned k = 0; k < COST_CLASS_COUNT; k++) {
        bool functional = m->config.level == LEVEL_FUNCTIONAL;
        cycles_t flat = cost_class_info[k].kind == COST_KIND_I ? CYCLE : 0;
        m->prices[k] = functional ? flat : m->config.prices[k];
    }
}

struct machine *machine_create(const struct machine_config *config, struct err *e)
{
    if (!check_config(config, e)) {
        return NULL;
    }
    struct machine *m = calloc(1, sizeof *m);
    BUG_ON(m == NULL);
    m->config = *config;
    m->config.cpu.has[FEAT_EL2] =
        config->entry_el == 2; /* an entry at EL1 is a machine without EL2, as on QEMU */
    m->config.cpu.has[FEAT_GICV3_SYSREGS] = config->gic_version == 3;
    m->config.cpu.affinity_cluster = config->gic_version == 3 ? 16 : 8;
    m->counter =
        (struct counter_rate){.clock_hz = config->clock_hz, .counter_hz = config->counter_hz};
    set_prices(m);
    m->snapshot.at = CYCLES_NEVER;
    m->ledger = ledger_create();
    m->symbols = symbols_create();
    m->events = event_stream_create();
    m->unimp = unimp_create();
    unimp_set_quiet(m->unimp, config->quiet);
    span_init(m);
    bool ok = ram_map(&m->ram, pa(MEMMAP_RAM_BASE), config->ram_bytes, e);
    if (ok) {
        code_writes_init(m);
    }
    for (unsigned i = 0; ok && i < config->cpu_count; i++) {
        ok = create_cpu(m, i, e);
    }
    if (!ok) {
        machine_destroy(m);
        return NULL;
    }
    create_gic(m);
    uint64_t mpidr[EL2SIM_MAX_CPUS];
    for (unsigned i = 0; i < config->cpu_count; i++) {
        wire_cpu(m, m->cpus[i]);
        pe_reset(&m->cpus[i]->pe, config->entry_el);
        m->cpus[i]->pe.powered = false;
        mpidr[i] = m->cpus[i]->pe.sr[SR_MPIDR_EL1];
    }
    gic_reset(m->gic);
    create_devices(m);
    if (!create_virtio(m, e)) {
        machine_destroy(m);
        return NULL;
    }
    psci_init(&m->psci, config->cpu_count, mpidr);
    return m;
}

static void destroy_cpu(struct cpu *cpu)
{
    if (cpu == NULL) {
        return;
    }
    if (cpu->timer) {
        timer_destroy(cpu->timer);
    }
    if (cpu->mmu) {
        mmu_destroy(cpu->mmu);
    }
    if (cpu->engine) {
        engine_destroy(cpu->engine);
    }
    booked_tracker_destroy(&cpu->tracker);
    blocks_destroy(cpu);
    code_destroy(cpu);
    free(cpu);
}

void machine_destroy(struct machine *m)
{
    if (m == NULL) {
        return;
    }
    for (unsigned i = 0; i < m->config.cpu_count; i++) {
        destroy_cpu(m->cpus[i]);
    }
    net_link_destroy(m);
    input_destroy(m);
    devices_destroy(m->devices);
    if (m->gic) {
        gic_destroy(m->gic);
    }
    span_destroy(m);
    fdt_tree_free(&m->dtb);
    code_writes_destroy(m);
    ram_image_free(m->ram_last);
    free(m->watched_words);
    ram_unmap(&m->ram);
    unimp_destroy(m->unimp);
    event_stream_destroy(m->events);
    symbols_destroy(m->symbols);
    ledger_destroy(m->ledger);
    free(m);
}

static bool make_dtb(struct machine *m, const struct machine_images *images,
                     struct loaded_range initrd, struct err *e)
{
    const struct machine_config *c = &m->config;
    enum psci_conduit conduit = c->entry_el == 2 ? PSCI_CONDUIT_SMC : PSCI_CONDUIT_HVC;
    struct fdt_boot boot = {
        .ram_base = m->ram.base,
        .ram_bytes = m->ram.size_bytes,
        .bootargs = images->append,
        .initrd = initrd,
        .conduit = conduit,
    };
    struct fdt_board board = {
        .cpu_count = c->cpu_count,
        .cpu_name = c->cpu.name,
        .gic_version = c->gic_version,
        .has_el2 = c->cpu.has[FEAT_EL2],
        .has_vhe = c->cpu.has[FEAT_VHE],
        .has_pmu = c->cpu.has[FEAT_PMU],
        .conduit = conduit,
        .virtio_slots = UINT32_MAX, /* as QEMU: empty ones, too, are there */
    };
    for (unsigned i = 0; i < c->cpu_count; i++) {
        board.mpidr[i] = m->cpus[i]->pe.sr[SR_MPIDR_EL1];
    }
    if (images->dtb) {
        return fdt_check_machine(images->dtb, &board, &boot, e) &&
               fdt_virt_read(images->dtb, &boot, &m->dtb, e);
    }
    return fdt_virt_create(&board, &boot, &m->dtb, e);
}

/* The device tree, which names the modules; then what the user wants elsewhere. */
static bool load_tree(struct machine *m, const struct machine_images *images,
                      const struct kernel_image *kernel, struct loaded_range initrd,
                      struct loaded_range *dtb, struct err *e)
{
    struct ram_map_of_files map = {.count = 0};
    struct loaded_range modules[MODULES_MAX];
    struct loaded_range code = {kernel->start, kernel->end.v - kernel->start.v};
    loader_note_use(&map, "kernel", code);
    loader_note_use(&map, "initrd", initrd);
    bool done = modules_place(images->modules, images->module_count, &m->ram, &map, modules, e) &&
                make_dtb(m, images, initrd, e);
    if (done && images->module_count != 0) {
        done = fdt_add_modules(&m->dtb, images->modules, images->module_count, modules,
                               images->append, e);
    }
    done = done && loader_dtb(m->dtb.data, m->dtb.size_bytes, kernel, &initrd, &m->ram, dtb, e) &&
           loader_is_free(&map, "device tree", *dtb, e);
    loader_note_use(&map, "device tree", done ? *dtb : (struct loaded_range){.size_bytes = 0});
    for (unsigned i = 0; done && i < images->placed_count; i++) {
        done = loader_place(&images->placed[i], &m->ram, &map, e);
    }
    return done;
}

bool machine_load(struct machine *m, const struct machine_images *images, struct err *e)
{
    struct kernel_image kernel;
    struct loaded_range initrd = {.size_bytes = 0}, dtb;
    if (!loader_kernel(images->kernel, false, &m->ram, &kernel, e)) {
        return false;
    }
    m->kernel_at = kernel.start;
    if (images->initrd && !loader_initrd(images->initrd, &kernel, &m->ram, &initrd, e)) {
        return false;
    }
    if (!load_tree(m, images, &kernel, initrd, &dtb, e) || !machine_note_images(m, images, e)) {
        return false;
    }
    struct boot_state boot = loader_boot_state(&kernel, &dtb);
    cpu_start(m->cpus[0], boot.entry.v, boot.x0, 0);
    return true;
}

const void *machine_dtb(const struct machine *m, size_t *size_bytes)
{
    *size_bytes = m->dtb.size_bytes;
    return m->dtb.data;
}

/* The last events of the stream: where every CPU stood. */
static void emit_final_state(struct machine *m)
{
    for (unsigned i = 0; i < m->config.cpu_count; i++) {
        struct cpu *cpu = m->cpus[i];
        uint64_t sum = engine_pc(cpu->engine);
        for (unsigned n = 0; n < 32; n++) {
            sum = (sum ^ engine_x(cpu->engine, n)) * UINT64_C(0x9e3779b97f4a7c15);
        }
        cpu_emit(cpu, EV_STOP, m->result.end, sum, cpu->instructions);
    }
}

void machine_complete(struct machine *m, struct machine_result *result)
{
    net_link_end(m);
    emit_final_state(m);
    for (unsigned i = 0; i < m->config.cpu_count; i++) {
        struct cpu *cpu = m->cpus[i];
        blocks_fold(cpu);
        cycles_t booked = ledger_total(m->ledger, i);
        BUG_ON(booked != cpu->clock.now); /* every cycle has an owner */
        m->result.instructions += cpu->instructions;
        if (cpu->clock.now > m->result.cycles) {
            m->result.cycles = cpu->clock.now;
        }
    }
    event_digest(m->events, m->result.digest);
    *result = m->result;
}

void machine_run(struct machine *m, struct machine_result *result)
{
    loop_run(m);
    machine_complete(m, result);
}
