/* Rows of interrupts. */
#include "abi/mark.h"
#include "micro/row.h"
#include "timer.h"

#define SGI_BENCH   1
#define SGI_WAKE    2
#define EARLY_TICKS 2   /* virtual-timer: the span begins so much and a look at the counter early */
#define LOOKS       16  /* to time one */
#define LEAD_US     100 /* ... and the deadline is so far ahead when it is set */
#define POLL_US     20

volatile u32 handled; /* interrupts of the row's kind */

/* --- virtual IPI: both VCPUs run guest code; VCPU 1 spins with interrupts on, else it sleeps ---
 */

static volatile bool secondary_ready, secondary_spins, secondary_is_spinning;
static void (*volatile secondary_fn)(void);

static void sgi_handler(void)
{
    handled++;
}

static void wake_handler(void)
{
}

/* Interrupts are masked between the look and the WFI: one that comes there still ends it. They are
 * on while it spins. */
static void secondary_main(void)
{
    gic_init_cpu(1);
    secondary_ready = true;
    for (;;) {
        irq_off();
        if (!secondary_spins && !secondary_fn) {
            wfi();
        }
        irq_on();
        isb();
        void (*fn)(void) = secondary_fn;
        if (fn) {
            secondary_fn = NULL;
            fn();
        }
        secondary_is_spinning = secondary_spins;
        while (secondary_spins) {
            cpu_relax();
        }
        secondary_is_spinning = false;
    }
}

bool secondary_start(void)
{
    secondary_ready = false;
    if (!vcpu_start(1, secondary_main)) {
        return false;
    }
    while (!secondary_ready) {
        cpu_relax();
    }
    return true;
}

void secondary_call(void (*fn)(void))
{
    irq_set_handler(SGI_WAKE, wake_handler);
    secondary_fn = fn;
    dsb(ish);
    gic_send_sgi(1, SGI_WAKE);
}

static void secondary_spin(bool spin)
{
    secondary_spins = spin;
    if (spin) {
        dsb(ish);
        gic_send_sgi(1, SGI_WAKE);
    }
    while (secondary_is_spinning != spin) {
        cpu_relax();
    }
}

void virtual_ipi_prep(unsigned ops)
{
    (void)ops;
    irq_set_handler(SGI_BENCH, sgi_handler);
    irq_set_handler(SGI_WAKE, wake_handler);
    handled = 0;
    dsb(ish);
    secondary_spin(true);
}

void virtual_ipi_exec(void)
{
    u32 before = handled;
    gic_send_sgi(1, SGI_BENCH);
    while (handled == before) {
        cpu_relax();
    }
}

bool virtual_ipi_post(unsigned ops)
{
    secondary_spin(false);
    return handled == ops;
}

/* --- virtual EOI: no trap, whatever the design --- */

void virtual_eoi_exec(void)
{
    gic_complete_none();
}

/* The interface still works: one SGI to ourselves arrives, is completed, and so does the next. */
bool virtual_eoi_post(unsigned ops)
{
    (void)ops;
    irq_set_handler(SGI_BENCH, sgi_handler);
    handled = 0;
    for (u32 i = 0; i < 2; i++) {
        gic_send_sgi(0, SGI_BENCH);
        irq_wait(&handled, i);
    }
    return handled == 2;
}

/* Between two looks at the device: looking is an exit, and would only be in the I/O thread's way.
 */
void pause_between_looks(void)
{
    u64 until = timer_count() + read_sysreg(cntfrq_el0) * POLL_US / 1000000;
    while (timer_count() < until) {
        cpu_relax();
    }
}

/* --- virtual timer --- */

static u64 timer_early; /* interrupts that came before their deadline */
static u64 timer_deadline;
static u64 timer_margin; /* in ticks */

static void timer_handler(void)
{
    if (row_measuring) {
        mark_end("virtual-timer");
    }
    timer_stop();
    timer_early += timer_count() < timer_deadline;
    handled++;
}

void virtual_timer_prep(unsigned ops)
{
    (void)ops;
    irq_set_handler(TIMER_INTID, timer_handler);
    gic_enable(TIMER_INTID);
    handled = 0;
    timer_early = 0;
    u64 start = timer_count();
    for (unsigned i = 0; i < LOOKS; i++) {
        timer_count();
    }
    u64 middle = timer_count();
    for (unsigned i = 0; i < LOOKS; i++) {
        read_sysreg(isr_el1); /* reach_deadline() ends with one: where it traps, that takes time */
    }
    timer_margin = EARLY_TICKS + (2 * (middle - start) + timer_count() - middle) / LOOKS;
}

/* Sets a deadline and spins, masked, until timer_margin before it. False: the interrupt is there
 * already, the moment was missed. */
static bool reach_deadline(void)
{
    timer_deadline = timer_count() + read_sysreg(cntfrq_el0) * LEAD_US / 1000000;
    timer_start(timer_deadline);
    isb();
    while (timer_count() < timer_deadline - timer_margin) {
    }
    return read_sysreg(isr_el1) == 0;
}

/* The guest runs when its timer expires: the physical interrupt, the exit, the injection and the
 * entry are all inside the span. */
void virtual_timer_exec(void)
{
    u32 before = handled;
    irq_off();
    while (!reach_deadline()) {
        u32 missed = handled;
        bool measuring = row_measuring;
        row_measuring = false;
        irq_wait(&handled, missed);
        handled = before;
        row_measuring = measuring;
        irq_off();
    }
    if (row_measuring) {
        mark_begin("virtual-timer", 1);
    }
    irq_on();
    while (handled == before) {
    }
}

bool virtual_timer_post(unsigned ops)
{
    return handled == ops && timer_early == 0;
}
