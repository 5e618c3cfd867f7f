/*
 * Generated code on x86-64: it keeps the address of the CPU's state in RBP wherever it calls a
 * hook.
 */
#include "sim/engine/engine_internal.h"

#include <string.h>

/* The code of a block is smaller. */
#define BLOCK_CODE_MAX 0x100000

/* A prefix that a call does not heed, as linkers use it for the byte that a direct one is shorter.
 */
#define PADDING 0x67

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

/* An instruction of a register and [rcx + offset], of the client, or [rdi + offset], of the block:
 * up to ModRM, whose r/m the base is. */
#define OF_CLIENT 0x81
#define OF_BLOCK  0x87

static void operand(struct code *code, uint32_t base, unsigned rex, unsigned opcode, unsigned reg,
                    size_t offset)
{
    PUT(code, (unsigned char)rex, (unsigned char)opcode, (unsigned char)(base | reg << 3));
    put32(code, offset);
}

/* RAX, the only register that it takes: hooks get theirs as they are. */
#define LOAD(base, offset)  operand(&c, base, 0x48, 0x8b, 0, offset)
#define ADD(base, offset)   operand(&c, base, 0x48, 0x03, 0, offset)
#define STORE(base, offset) operand(&c, base, 0x48, 0x89, 0, offset)
/* movzx eax, word */
#define LOAD_16(base, offset)                                                                      \
    do {                                                                                           \
        PUT(&c, 0x0f, 0xb7, base);                                                                 \
        put32(&c, offset);                                                                         \
    } while (0)

/* A forward jump to what lands it. */
static unsigned char *jump(struct code *code, unsigned condition)
{
    PUT(code, (unsigned char)condition, 0);
    return code->at;
}

static void land(const struct code *code, unsigned char *from)
{
    BUG_ON(code->at - from > INT8_MAX);
    from[-1] = (unsigned char)(code->at - from);
}

/*
 * What a hook gets: the engine in RDI, in whose place is the block here; pc in RSI, size in EDX,
 * ctx in RCX. It may use RAX, and leaves the rest as it is for the client's own hook.
 */
size_t engine_host_count_code(unsigned char *at, const struct engine_tally *t, bool has_stores,
                              bool touches_flag, void *hook)
{
    struct code c = {at};
    LOAD(OF_CLIENT, t->tag);
    operand(&c, OF_BLOCK, 0x48, 0x3b, 0, t->block.tag); /* cmp rax, tag */
    unsigned char *other_tag = jump(&c, 0x75);          /* jne */
    LOAD(OF_BLOCK, t->block.cycles);
    ADD(OF_CLIENT, t->now);
    operand(&c, OF_CLIENT, 0x48, 0x3b, 0, t->horizon); /* cmp rax, horizon */
    unsigned char *near = jump(&c, 0x73);              /* jae */
    STORE(OF_CLIENT, t->now);
    operand(&c, OF_BLOCK, 0x48, 0xff, 0, t->block.runs); /* inc */
    operand(&c, OF_CLIENT, 0x48, 0x89, 7, t->current);   /* mov current, rdi */
    if (has_stores) {
        LOAD(OF_CLIENT, t->last_store);
        STORE(OF_CLIENT, t->entry_last_store);
        LOAD_16(OF_BLOCK, t->block.stores_end);
        ADD(OF_CLIENT, t->instructions);
        STORE(OF_CLIENT, t->last_store);
    }
    if (touches_flag) {
        operand(&c, OF_CLIENT, 0x40, 0x8a, 0, t->flag);       /* mov al, flag */
        operand(&c, OF_CLIENT, 0x40, 0x88, 0, t->entry_flag); /* mov entry_flag, al */
        LOAD_16(OF_BLOCK, t->block.flags);
        PUT(&c, 0xa9); /* test eax, ... */
        put32(&c, t->flag_bits);
        PUT(&c, 0x0f, 0x95, OF_CLIENT); /* setne flag */
        put32(&c, t->flag);
    }
    LOAD_16(OF_BLOCK, t->block.instructions);
    operand(&c, OF_CLIENT, 0x48, 0x01, 0, t->instructions); /* add instructions, rax */
    PUT(&c, 0xc3);                                          /* ret */
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

#define DIRECT_BYTES   5
#define INDIRECT_BYTES 6

static struct call call_before(const void *caller)
{
    unsigned char *end = (unsigned char *)(uintptr_t)caller;
    struct call call = {.distance_at = end - sizeof call.distance};
    memcpy(&call.distance, call.distance_at, sizeof call.distance);
    call.is_direct = end[-DIRECT_BYTES] == 0xe8;
    call.is_known =
        call.is_direct || (end[-INDIRECT_BYTES] == 0xff && end[-INDIRECT_BYTES + 1] == 0x15 &&
                           call.distance > 0 && call.distance < BLOCK_CODE_MAX);
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

/* The bytes of a move of a constant to a register below R8, of those that Unicorn makes; 0: it is
 * none. */
static size_t move_bytes(const unsigned char *at, unsigned reg)
{
    if (at[0] == 0xb8 + reg) { /* mov r32, imm32 */
        return 5;
    }
    if ((at[0] == 0x31 || at[0] == 0x33) && at[1] == (0xc0 | reg << 3 | reg)) { /* xor */
        return 2;
    }
    if (at[0] != 0x48) {
        return 0;
    }
    bool is_short = (at[1] == 0xc7 && at[2] == 0xc0 + reg) ||      /* mov r64, imm32 */
                    (at[1] == 0x8d && at[2] == (0x05 | reg << 3)); /* lea r64, [rip + distance] */
    return is_short ? 7 : at[1] == 0xb8 + reg ? 10 : 0;
}

/* Where the moves to RDI, RSI, RDX and RCX begin that end at `call`, the first of 64 bits; NULL:
 * there are none. */
static unsigned char *moves_before(unsigned char *call)
{
    enum { RCX = 1, RDX, RSI = 6, RDI, MOVE_MIN = 2, MOVE_MAX = 10 };
    static const unsigned others[] = {RSI, RDX, RCX};
    for (size_t back = MOVE_MAX + 3 * MOVE_MIN; back <= 4 * MOVE_MAX; back++) {
        unsigned char *first = call - back, *at = first + MOVE_MAX;
        size_t bytes = move_bytes(first, RDI) == MOVE_MAX;
        for (unsigned i = 0; i < 3 && bytes != 0; i++) {
            bytes = move_bytes(at, others[i]);
            at += bytes;
        }
        if (bytes != 0 && at == call) {
            return first;
        }
    }
    return NULL;
}

unsigned char *engine_host_argument(const void *caller)
{
    unsigned char *end = (unsigned char *)(uintptr_t)caller;
    unsigned char *first = moves_before(end - INDIRECT_BYTES);
    if (first == NULL && call_before(caller).is_direct) {
        first = moves_before(end - DIRECT_BYTES);
    }
    return first == NULL ? NULL : first + 2; /* behind REX and opcode */
}

void engine_host_redirect(const void *caller, uintptr_t to)
{
    struct call call = call_before(caller);
    intptr_t distance = (intptr_t)(to - (uintptr_t)caller);
    if (distance == (int32_t)distance) {
        call.distance = (int32_t)distance;
        memcpy(call.distance_at, &call.distance, sizeof call.distance);
        if (!call.is_direct) {
            const unsigned char direct[] = {PADDING, 0xe8};
            memcpy(call.distance_at - sizeof direct, direct, sizeof direct);
        }
    } else if (!call.is_direct) {
        unsigned char *word = call.distance_at + sizeof call.distance + call.distance;
        memcpy(word, &to, sizeof to);
    }
}
