/* What every group of checks uses: registers, traps, runs at lower exception levels, the check
 * table. */
#ifndef EL2SIM_TESTS_GUEST_LIB_GUEST_H
#define EL2SIM_TESTS_GUEST_LIB_GUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MAX_CPUS      8
#define TRAP_LOG_SIZE 8
#define EXIT_IMM      0x7fff /* SVC, HVC or SMC with this number ends run_el1() and run_el0() */
#define UART_BASE     0x09000000UL
#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define LABELLED      __attribute__((noipa)) /* its assembly defines a label: one copy only */
#define USER_DATA     __attribute__((section(".user")))

#define RD(reg)                                                                                    \
    ({                                                                                             \
        uint64_t value_;                                                                           \
        __asm__ volatile("mrs %0, " reg : "=r"(value_)::"memory");                                 \
        value_;                                                                                    \
    })
#define WR(reg, value)                                                                             \
    ({ __asm__ volatile("msr " reg ", %0" ::"r"((uint64_t)(value)) : "memory"); })
#define ISB()          __asm__ volatile("isb" ::: "memory")
#define DSB()          __asm__ volatile("dsb sy" ::: "memory")
#define OP(text)       __asm__ volatile(text ::: "memory")
#define OP1(text, arg) __asm__ volatile(text ", %0" ::"r"((uint64_t)(arg)) : "memory")

/* A function of one or few instructions (argument and result in x0) whose address is that of the
 * first one. */
#define INSN(name, text)                                                                           \
    uint64_t name(uint64_t x0);                                                                    \
    __asm__(".pushsection .text\n.arch armv8.4-a+fp\n.balign 4\n.global " #name "\n" #name         \
            ":\n" text "\nret\n.popsection\n")

/* Vector offsets, Arm ARM D1.10.2 (vector offsets from the vector table base). */
enum vector {
    VEC_CUR_SP0 = 0x000,
    VEC_CUR_SPX = 0x200,
    VEC_LOWER64 = 0x400,
    VEC_IRQ = 0x080,
    VEC_FIQ = 0x100,
    VEC_SERROR = 0x180,
};

struct trap {
    uint64_t el, offset, esr, elr, spsr, far, hpfar;
};

struct frame { /* layout known to start.S */
    uint64_t x[31];
    uint64_t sp, elr, spsr, esr, far, hpfar, offset;
};

typedef uint64_t (*guest_fn)(uint64_t);
typedef void (*trap_hook)(struct frame *frame);

struct percpu { /* the first 64 bytes are known to start.S */
    uint64_t el2_scratch[2];
    uint64_t el1_scratch[2];
    uint64_t el2_frames, el1_frames;
    uint64_t run_sp;
    uint64_t index;
    uint64_t trap_count;
    struct trap trap[TRAP_LOG_SIZE];
    trap_hook
        irq_hook; /* IRQ, FIQ and SError at any EL; without it the exception is masked in SPSR */
    trap_hook sync_hook; /* called for synchronous exceptions in place of the default rule */
};

static inline struct percpu *this_cpu(void)
{
    uint64_t el = RD("CurrentEL") >> 2;
    return (struct percpu *)(el == 2 ? RD("tpidr_el2") : RD("tpidr_el1"));
}

/* run.c */
extern struct percpu percpu[MAX_CPUS];
uint64_t run_el1(guest_fn fn, uint64_t arg);
uint64_t run_el0(guest_fn fn, uint64_t arg);
uint64_t run_spsr(guest_fn fn, uint64_t arg, uint64_t spsr);
uint64_t run_at_level(unsigned el, guest_fn fn, uint64_t arg); /* el 2: called directly */
void traps_reset(void);
void trap_frame_default(struct frame *frame);
void percpu_init(unsigned index);

/* print.c */
void print(const char *text);
void print_hex(uint64_t value);
void print_dec(uint64_t value);
void power_off(void) __attribute__((noreturn));

/* reset.c: the state each check starts from. */
#define HCR_RW (1UL << 31)
void state_reset(void);
void state_reset_core(void); /* without GIC and translation tables */
void hcr_write(uint64_t value);
void vhe_enter(uint64_t more_hcr_bits);
void spin(unsigned count);

/* board.c: what the machine is. */
struct board {
    unsigned cpu_count;
    const char *only; /* not terminated: ends at a space or NUL; NULL: run all */
};
extern struct board board;
void board_init(const void *dtb);

/* psci.c */
int64_t psci(uint64_t function, uint64_t a, uint64_t b, uint64_t c);
bool cpu_start(unsigned index, guest_fn fn, uint64_t arg); /* runs fn at EL2, then CPU_OFF */
bool cpu_wait(unsigned index);                             /* until that fn has ended */
bool cpu_wait_off(unsigned index);                         /* until PSCI says so as well */
uint64_t cpu_result(unsigned index);

/* check.c */
enum need {
    NEED_GIC2 = 1 << 0,
    NEED_GIC3 = 1 << 1,
    NEED_VHE = 1 << 2,
    NEED_PAN = 1 << 3,
    NEED_UAO = 1 << 4,
    NEED_LSE = 1 << 5,
    NEED_PMU = 1 << 6,
    NEED_SMP2 = 1 << 7,
    NEED_G16K = 1 << 8,
    NEED_G64K = 1 << 9,
    NEED_AF = 1 << 10,  /* hardware update of the access flag */
    NEED_DBM = 1 << 11, /* and of the dirty state */
    NEED_NO_LSE = 1 << 12,
    NEED_NO_PAN = 1 << 13,
    NEED_NO_UAO = 1 << 14,
};

struct check {
    const char *name;
    unsigned need;
    void (*run)(const void *arg);
    const void *arg;
};
extern const struct check checks[];
extern const unsigned check_count;
#define CHECK_TABLE_END const unsigned check_count = ARRAY_SIZE(checks)

/* The first expectation that fails in a check is the one printed. */
bool expect(const char *what, uint64_t got, uint64_t want);
bool expect_true(const char *what, bool condition);
bool expect_no_trap(const char *what);
bool expect_trap(uint64_t el, uint64_t offset, uint64_t esr);
bool expect_trap_at(uint64_t el, uint64_t offset, uint64_t esr, const void *elr);
bool failed(void);
/* In a check: it cannot be made here. */
void skip(const char *why);

/* An instruction that a control field traps: as the state is reset it runs, with the field changed
 * it traps. */
enum control {
    CTL_HCR_EL2,
    CTL_CPTR_EL2,
    CTL_MDCR_EL2,
    CTL_CNTHCTL_EL2,
    CTL_HSTR_EL2,
    CTL_SCTLR_EL1,
    CTL_CPACR_EL1,
    CTL_CNTKCTL_EL1,
    CTL_PMUSERENR_EL0,
    CTL_SCTLR_EL2,
};

struct trap_case {
    guest_fn insn;
    unsigned el; /* where it runs */
    enum control control;
    uint64_t set, clear;
    uint64_t esr;
    unsigned to_el;    /* 0 stands for EL2 */
    bool only_trapped; /* the instruction has effects that the run without the trap cannot have */
    bool no_trap;      /* the field must not matter */
};
void control_change(enum control control, uint64_t set, uint64_t clear);
void check_trap_case(const void *arg);

#endif
