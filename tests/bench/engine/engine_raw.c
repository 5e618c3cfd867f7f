/*
 * How fast Unicorn itself is on a few loops (no hook but the fills), how much the block hook costs,
 * and what a trap costs by way of engine.h. CPU time of the host, so never in a golden file:
 *
 *     engine_raw [million instructions of each loop, default 200]
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <unicorn/unicorn.h>

#include "sim/engine/engine.h"

#define RAM_BYTES (UINT64_C(1) << 20)
#define CODE      UINT64_C(0x1000)
#define DATA      UINT64_C(0x40000)

struct loop {
    const char *name;
    unsigned instructions; /* in a turn */
    unsigned word_count;
    uint32_t words[24]; /* ends with SVC; x9 counts the turns down; x0, x1: DATA and its middle */
};

static const struct loop loops[] = {
    {"ALU",
     6,
     7,
     {0x91000442 /* add x2, x2, #1 */, 0xca020063 /* eor x3, x3, x2 */,
      0xd37df064 /* lsl x4, x3, #3 */, 0x8b0400a5 /* add x5, x5, x4 */,
      0xf1000529 /* subs x9, x9, #1 */, 0x54ffff61 /* b.ne .-20 */, 0xd4000001 /* svc #0 */}},
    {"load and store",
     6,
     7,
     {0xf9400402 /* ldr x2, [x0, #8] */, 0xf9000802 /* str x2, [x0, #16] */,
      0xf9400c03 /* ldr x3, [x0, #24] */, 0xf9001003 /* str x3, [x0, #32] */,
      0xf1000529 /* subs x9, x9, #1 */, 0x54ffff61 /* b.ne .-20 */, 0xd4000001 /* svc #0 */}},
    {"call and return",
     5,
     7,
     {0x94000004 /* bl .+16 */, 0xf1000529 /* subs x9, x9, #1 */, 0x54ffffc1 /* b.ne .-8 */,
      0xd4000001 /* svc #0 */, 0x91000442 /* add x2, x2, #1 */, 0xd65f03c0 /* ret */,
      0x00000000 /* udf #0 */}},
    {"copy, 64 bytes a turn",
     10,
     12,
     {0x927a1926 /* and x6, x9, #0x1fc0 */, 0x8b060007 /* add x7, x0, x6 */,
      0x8b060028 /* add x8, x1, x6 */, 0xad4004e0 /* ldp q0, q1, [x7] */,
      0xad410ce2 /* ldp q2, q3, [x7, #32] */, 0xad000500 /* stp q0, q1, [x8] */,
      0xad010d02 /* stp q2, q3, [x8, #32] */, 0x91010042 /* add x2, x2, #64 */,
      0xf1000529 /* subs x9, x9, #1 */, 0x54fffee1 /* b.ne .-36 */, 0xd4000001 /* svc #0 */,
      0x00000000 /* udf #0 */}},
};

static double now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

/* Raw Unicorn. */

static void raw_block(uc_engine *uc, uint64_t pc, uint32_t size_bytes, void *user)
{
    (void)uc;
    (void)pc;
    *(uint64_t *)user += size_bytes;
}

static void raw_trap(uc_engine *uc, uint32_t number, void *user)
{
    (void)number;
    (void)user;
    uc_emu_stop(uc);
}

static bool raw_fill(uc_engine *uc, uint64_t at, uc_mem_type type, uc_tlb_entry *out, void *user)
{
    (void)uc;
    (void)user;
    out->paddr = at % RAM_BYTES;
    out->perms = type == UC_MEM_FETCH ? UC_PROT_READ | UC_PROT_EXEC : UC_PROT_READ | UC_PROT_WRITE;
    return true;
}

static void check(uc_err code)
{
    if (code != UC_ERR_OK) {
        fprintf(stderr, "engine_raw: Unicorn: %s\n", uc_strerror(code));
        exit(1);
    }
}

static double raw_ns(const struct loop *loop, uint64_t turns, bool hooked, uint8_t *ram)
{
    uc_engine *uc;
    uc_hook hook;
    uint64_t bytes = 0;
    check(uc_open(UC_ARCH_ARM64, UC_MODE_ARM, &uc));
    check(uc_ctl_set_cpu_model(uc, UC_CPU_ARM64_A57));
    check(uc_ctl_tlb_mode(uc, UC_TLB_VIRTUAL));
    check(uc_mem_map_ptr(uc, 0, RAM_BYTES, UC_PROT_ALL, ram));
    check(uc_hook_add(uc, &hook, UC_HOOK_TLB_FILL, (void *)(uintptr_t)raw_fill, NULL, 1, 0));
    check(uc_hook_add(uc, &hook, UC_HOOK_INTR, (void *)(uintptr_t)raw_trap, NULL, 1, 0));
    if (hooked) {
        check(uc_hook_add(uc, &hook, UC_HOOK_BLOCK, (void *)(uintptr_t)raw_block, &bytes, 1, 0));
    }
    memcpy(ram + CODE, loop->words, loop->word_count * sizeof *loop->words);
    uint64_t values[] = {DATA, DATA + RAM_BYTES / 4};
    check(uc_reg_write(uc, UC_ARM64_REG_X0, &values[0]));
    check(uc_reg_write(uc, UC_ARM64_REG_X1, &values[1]));
    double took = 0;
    for (unsigned pass = 0; pass < 2; pass++) { /* the first only warms up */
        uint64_t count = pass == 0 ? 10000 : turns;
        check(uc_reg_write(uc, UC_ARM64_REG_X9, &count));
        double start = now_ns();
        check(uc_emu_start(uc, CODE, 0, 0, 0));
        took = now_ns() - start;
    }
    uc_close(uc);
    return took;
}

/* The engine. */

enum trap_way { WAY_STOP, WAY_CONTINUE, WAY_VIEW, WAY_STOP_ALWAYS };

struct bench {
    struct engine *engine;
    uint64_t bytes, traps;
    enum trap_way way;
};

static bool on_block(void *ctx, uint64_t pc, uint32_t size_bytes)
{
    struct bench *b = ctx;
    (void)pc;
    b->bytes += size_bytes;
    return true;
}

static enum engine_next on_trap(void *ctx, enum engine_trap kind)
{
    struct bench *b = ctx;
    if (kind == ENGINE_TRAP_SVC) {
        return ENGINE_STOP;
    }
    b->traps++;
    engine_set_pc(b->engine, engine_pc(b->engine) + 4);
    if (b->way == WAY_VIEW) {
        engine_set_view(b->engine, b->traps % 2 == 0 ? 1 : 2);
    }
    return b->way == WAY_STOP_ALWAYS ? ENGINE_STOP : ENGINE_CONTINUE;
}

static bool on_fill(void *ctx, va_t at, enum engine_access access, struct engine_page *out)
{
    (void)ctx;
    (void)access;
    *out = (struct engine_page){
        .pa = pa(at.v % RAM_BYTES), .readable = true, .writable = true, .executable = true};
    return true;
}

static struct bench *engine_bench(uint8_t *ram)
{
    static struct bench bench;
    struct err e = {""};
    struct engine_client client = {
        .ctx = &bench, .block = on_block, .trap = on_trap, .fill = on_fill};
    bench = (struct bench){.engine = engine_create(false, &client, &e)};
    if (bench.engine == NULL || !engine_map_ram(bench.engine, pa(0), RAM_BYTES, ram, &e)) {
        fprintf(stderr, "engine_raw: %s\n", e.text);
        exit(1);
    }
    return &bench;
}

static double engine_ns(struct bench *b, const uint32_t *words, unsigned count, uint64_t turns,
                        uint8_t *ram)
{
    memcpy(ram + CODE, words, count * sizeof *words);
    engine_code_changed(b->engine, pa(CODE), count * sizeof *words);
    engine_set_x(b->engine, 0, DATA);
    engine_set_x(b->engine, 1, DATA + RAM_BYTES / 4);
    double took = 0;
    for (unsigned pass = 0; pass < 2; pass++) {
        engine_set_x(b->engine, 9, pass == 0 ? 10000 : turns);
        engine_set_pc(b->engine, CODE);
        b->traps = 0;
        double start = now_ns();
        do {
            engine_run(b->engine);
        } while (engine_x(b->engine, 9) != 0);
        took = now_ns() - start;
    }
    return took;
}

static void print_loops(uint64_t instructions, uint8_t *ram)
{
    printf("%-24s %14s %14s %14s\n", "G instructions/s", "raw Unicorn", "raw + hook", "engine");
    for (unsigned i = 0; i < sizeof loops / sizeof *loops; i++) {
        const struct loop *loop = &loops[i];
        uint64_t turns = instructions / loop->instructions;
        double total = (double)(turns * loop->instructions);
        struct bench *b = engine_bench(ram);
        printf("%-24s %14.2f %14.2f %14.2f\n", loop->name, total / raw_ns(loop, turns, false, ram),
               total / raw_ns(loop, turns, true, ram),
               total / engine_ns(b, loop->words, loop->word_count, turns, ram));
        engine_destroy(b->engine);
    }
}

static void print_traps(uint8_t *ram)
{
    /* one trapped instruction a turn; the loop itself is taken off */
    static const uint32_t trapping[] = {0xd5381002 /* mrs x2, sctlr_el1 */,
                                        0xf1000529 /* subs x9, x9, #1 */, 0x54ffffc1 /* b.ne .-8 */,
                                        0xd4000001 /* svc #0 */};
    static const uint32_t plain[] = {0xd503201f /* nop */, 0xf1000529 /* subs x9, x9, #1 */,
                                     0x54ffffc1 /* b.ne .-8 */, 0xd4000001 /* svc #0 */};
    static const struct {
        const char *name;
        enum trap_way way;
    } ways[] = {{"continue in the hook", WAY_CONTINUE},
                {"the same, other view", WAY_VIEW},
                {"stop and run again", WAY_STOP_ALWAYS}};
    const uint64_t turns = 2000000;
    printf("\n%-24s %14s\n", "ns a trap", "engine");
    for (unsigned i = 0; i < sizeof ways / sizeof *ways; i++) {
        struct bench *b = engine_bench(ram);
        double base = engine_ns(b, plain, 4, turns, ram);
        b->way = ways[i].way;
        double took = engine_ns(b, trapping, 4, turns, ram);
        printf("%-24s %14.1f\n", ways[i].name, (took - base) / (double)turns);
        engine_destroy(b->engine);
    }
}

static void print_each(const char *what, double start, unsigned count)
{
    printf("%-40s %14.1f\n", what, (now_ns() - start) / count);
}

static void print_runs(struct engine *e)
{
    enum { EXACT = 2000 };
    double start = now_ns();
    for (unsigned i = 0; i < EXACT; i++) {
        engine_flush_view(e, 0);
        engine_set_pc(e, CODE);
        engine_run(e);
    }
    print_each("flush a view, refill 2 pages, run", start, EXACT);
    start = now_ns();
    for (unsigned i = 0; i < EXACT; i++) {
        engine_set_pc(e, CODE);
        engine_run_until(e, va(CODE + 8));
    }
    print_each("run to an exact instruction", start, EXACT);
    start = now_ns();
    for (unsigned i = 0; i < EXACT; i++) {
        engine_clear_exclusive(e);
        engine_set_pc(e, CODE);
        engine_run(e);
    }
    print_each("clear the exclusive monitor, run", start, EXACT);
}

static void print_calls(uint8_t *ram)
{
    enum { COUNT = 100000 };
    static const uint32_t code[] = {0xf9400002 /* ldr x2, [x0] */, 0x91000463 /* add x3, x3, #1 */,
                                    0x91000463 /* add x3, x3, #1 */, 0xd4000001 /* svc #0 */};
    struct bench *b = engine_bench(ram);
    struct engine *e = b->engine;
    memcpy(ram + CODE, code, sizeof code);
    engine_set_x(e, 0, DATA);
    engine_set_pc(e, CODE);
    engine_run(e);
    printf("\n%-40s %14s\n", "ns a call", "engine");
    double start = now_ns();
    volatile uint64_t value = 0;
    for (unsigned i = 0; i < COUNT; i++) {
        value = engine_x(e, 3);
    }
    (void)value;
    print_each("read X", start, COUNT);
    start = now_ns();
    for (unsigned i = 0; i < COUNT; i++) {
        engine_set_x(e, 3, i);
    }
    print_each("write X", start, COUNT);
    start = now_ns();
    for (unsigned i = 0; i < COUNT; i++) {
        engine_set_view(e, i % 2 == 0 ? 1 : 0);
    }
    print_each("switch the view", start, COUNT);
    start = now_ns();
    for (unsigned i = 0; i < COUNT; i++) {
        engine_flush_range(e, 0, va(DATA), 4096);
    }
    print_each("flush a page that is filled", start, COUNT);
    start = now_ns();
    for (unsigned i = 0; i < COUNT; i++) {
        engine_flush_range(e, 0, va(DATA + 0x10000), 4096);
    }
    print_each("flush a page that is not filled", start, COUNT);
    start = now_ns();
    for (unsigned i = 0; i < COUNT; i++) {
        engine_code_changed(e, pa(CODE), 64);
    }
    print_each("code changed", start, COUNT);
    start = now_ns();
    for (unsigned i = 0; i < COUNT; i++) {
        engine_code_changed(e, pa(DATA), 64);
    }
    print_each("code changed where none ran", start, COUNT);
    print_runs(e);
    engine_destroy(e);
}

int main(int argc, char **argv)
{
    uint64_t millions = argc > 1 ? strtoull(argv[1], NULL, 10) : 200;
    uint8_t *ram = aligned_alloc(4096, RAM_BYTES);
    if (ram == NULL || millions == 0) {
        fprintf(stderr, "usage: engine_raw [million instructions]\n");
        return 2;
    }
    memset(ram, 0, RAM_BYTES);
    unsigned major, minor;
    uc_version(&major, &minor);
    printf("Unicorn %u.%u (built for %d.%d.%d)\n\n", major, minor, UC_VERSION_MAJOR,
           UC_VERSION_MINOR, UC_VERSION_PATCH);
    print_loops(millions * 1000000, ram);
    print_traps(ram);
    print_calls(ram);
    free(ram);
    return 0;
}
