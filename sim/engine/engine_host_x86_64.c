/*
 * Generated code on x86-64: it keeps the address of the CPU's state in RBP wherever it calls a
 * hook.
 */
#include "sim/engine/engine_internal.h"

#include <string.h>

/* The code of a block is smaller. */
#define BLOCK_CODE_MAX 0x100000

/* A block hook: *user, a struct engine_host, becomes RBP and the address that it returns to. */
__attribute__((naked)) static void capture(uc_engine *uc __attribute__((unused)),
                                           uint64_t at __attribute__((unused)),
                                           uint32_t size_bytes __attribute__((unused)),
                                           void *user __attribute__((unused)))
{
    __asm__("movq %rbp, (%rcx)\n\tmovq (%rsp), %rax\n\tmovq %rax, 8(%rcx)\n\tret");
}

_Static_assert(offsetof(struct engine_host, code) == 8, "as capture() has it");

struct engine_host engine_host_look(struct engine *engine)
{
    struct engine_host seen = {.state = NULL};
    uc_hook hook;
    if (uc_hook_add(engine->uc, &hook, UC_HOOK_BLOCK, (void *)(uintptr_t)capture, &seen,
                    ENGINE_OWN_VA, ENGINE_OWN_VA + ENGINE_OWN_CODE_BYTES - 1) != UC_ERR_OK) {
        return seen;
    }
    bool ran = engine_run_own(engine, ENGINE_OWN_VA);
    uint32_t pstate = engine_window_open(engine); /* drops what called the hook */
    uc_hook_del(engine->uc, hook);
    engine_drop_blocks(engine, ENGINE_OWN_VA, ENGINE_OWN_CODE_BYTES);
    engine_window_close(engine, pstate);
    return ran ? seen : (struct engine_host){.state = NULL};
}

/* Writing code. */

struct code {
    unsigned char *at;
};

static void put(struct code *code, const void *bytes, size_t count)
{
    memcpy(code->at, bytes, count);
    code->at += count;
}

#define PUT(code, ...)                                                                             \
    do {                                                                                           \
        const unsigned char bytes[] = {__VA_ARGS__};                                               \
        put(code, bytes, sizeof bytes);                                                            \
    } while (0)

static void put32(struct code *code, size_t value)
{
    uint32_t word = (uint32_t)value;
    put(code, &word, sizeof word);
}

static void put64(struct code *code, uint64_t value)
{
    put(code, &value, sizeof value);
}

/* REX, an opcode and ModRM for a register and [rcx + field]. */

static void field(struct code *code, unsigned rex, unsigned opcode, unsigned modrm, size_t offset)
{
    PUT(code, (unsigned char)rex, (unsigned char)opcode, (unsigned char)modrm);
    put32(code, offset);
}

#define LOAD_R8(offset)  field(&c, 0x4c, 0x8b, 0x81, offset)
#define STORE_R8(offset) field(&c, 0x4c, 0x89, 0x81, offset)

/* A forward jump to what lands it. */
static unsigned char *jump(struct code *code, unsigned condition)
{
    PUT(code, (unsigned char)condition, 0);
    return code->at;
}

static void land(const struct code *code, unsigned char *from)
{
    from[-1] = (unsigned char)(code->at - from);
}

/*
 * What a hook gets: the engine in RDI, pc in RSI, size in EDX, ctx in RCX. It may use RAX and R8,
 * and leaves the rest as it is for the client's own hook.
 */
size_t engine_host_count_code(unsigned char *at, const struct engine_tally *t,
                              const struct engine_block_cost *cost, void *hook)
{
    struct code c = {at};
    PUT(&c, 0x48, 0xb8); /* mov rax, block */
    put64(&c, (uint64_t)(uintptr_t)cost->block);
    LOAD_R8(t->tag);
    PUT(&c, 0x4c, 0x3b, 0x40, offsetof(struct engine_block, tag)); /* cmp r8, [rax + tag] */
    unsigned char *other_tag = jump(&c, 0x75);                     /* jne */
    LOAD_R8(t->now);
    PUT(&c, 0x49, 0x81, 0xc0); /* add r8, cycles */
    put32(&c, cost->cycles);
    field(&c, 0x4c, 0x3b, 0x81, t->horizon); /* cmp r8, horizon */
    unsigned char *near = jump(&c, 0x73);    /* jae */
    STORE_R8(t->now);
    PUT(&c, 0x48, 0xff, 0x40, offsetof(struct engine_block, runs)); /* inc [rax + runs] */
    field(&c, 0x48, 0x89, 0x81, t->current);                        /* mov current, rax */
    if (cost->stores_end != 0) {
        LOAD_R8(t->last_store);
        STORE_R8(t->entry_last_store);
        LOAD_R8(t->instructions);
        PUT(&c, 0x49, 0x81, 0xc0); /* add r8, stores_end */
        put32(&c, cost->stores_end);
        STORE_R8(t->last_store);
    }
    if (cost->touches_flag) {
        field(&c, 0x44, 0x8a, 0x81, t->flag);       /* mov r8b, flag */
        field(&c, 0x44, 0x88, 0x81, t->entry_flag); /* mov entry_flag, r8b */
        PUT(&c, 0xc6, 0x81);                        /* mov flag, ... */
        put32(&c, t->flag);
        PUT(&c, cost->flag);
    }
    field(&c, 0x48, 0x81, 0x81, t->instructions); /* add instructions, ... */
    put32(&c, cost->instructions);
    PUT(&c, 0xc3); /* ret */
    land(&c, other_tag);
    land(&c, near);
    PUT(&c, 0x48, 0xb8); /* mov rax, hook */
    put64(&c, (uint64_t)(uintptr_t)hook);
    PUT(&c, 0xff, 0xe0); /* jmp rax */
    return (size_t)(c.at - at);
}

/*
 * What the call before `caller` goes to. Unicorn calls directly what is within 2 GiB, else by way
 * of a word behind the block: call [rip + distance].
 */
struct call {
    unsigned char *distance_at;
    int32_t distance;
    bool is_direct, is_known;
};

static struct call call_before(const void *caller)
{
    unsigned char *at = (unsigned char *)(uintptr_t)caller;
    struct call call = {.distance_at = at - sizeof call.distance};
    memcpy(&call.distance, call.distance_at, sizeof call.distance);
    call.is_direct = at[-5] == 0xe8;
    call.is_known = call.is_direct || (at[-6] == 0xff && at[-5] == 0x15 && call.distance > 0 &&
                                       call.distance < BLOCK_CODE_MAX);
    return call;
}

uintptr_t engine_host_called(const void *caller)
{
    struct call call = call_before(caller);
    uintptr_t at = (uintptr_t)caller + (uintptr_t)(intptr_t)call.distance;
    if (!call.is_known || call.is_direct) {
        return call.is_known ? at : 0;
    }
    memcpy(&at, (const void *)at, sizeof at);
    return at;
}

void engine_host_redirect(const void *caller, uintptr_t to)
{
    struct call call = call_before(caller);
    intptr_t distance = (intptr_t)(to - (uintptr_t)caller);
    if (!call.is_direct) {
        unsigned char *word = call.distance_at + sizeof call.distance + call.distance;
        memcpy(word, &to, sizeof to);
    } else if (distance == (int32_t)distance) {
        call.distance = (int32_t)distance;
        memcpy(call.distance_at, &call.distance, sizeof call.distance);
    }
}
