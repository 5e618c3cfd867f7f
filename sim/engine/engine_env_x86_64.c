/* Generated code keeps the address of the CPU's state in RBP, wherever it calls a hook. */
#include "sim/engine/engine_internal.h"

/* A block hook: stores RBP at *user. */
__attribute__((naked)) static void capture(uc_engine *uc, uint64_t at, uint32_t size_bytes,
                                           void *user)
{
    (void)uc, (void)at, (void)size_bytes, (void)user; /* no code */
    __asm__("movq %rbp, (%rcx)\n\tret");
}

void *engine_env_base(struct engine *engine)
{
    void *base = NULL;
    uc_hook hook;
    if (uc_hook_add(engine->uc, &hook, UC_HOOK_BLOCK, (void *)(uintptr_t)capture, &base,
                    ENGINE_OWN_VA, ENGINE_OWN_VA + ENGINE_OWN_CODE_BYTES - 1) != UC_ERR_OK) {
        return NULL;
    }
    bool ran = engine_run_own(engine, ENGINE_OWN_VA);
    uint32_t pstate = engine_window_open(engine); /* drops what called the hook */
    uc_hook_del(engine->uc, hook);
    engine_drop_blocks(engine, ENGINE_OWN_VA, ENGINE_OWN_CODE_BYTES);
    engine_window_close(engine, pstate);
    return ran ? base : NULL;
}
