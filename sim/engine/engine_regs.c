/* Registers of the code that runs: in memory where that is known, else each one Unicorn call of
 * 6-8 ns. */
#include "sim/engine/engine_internal.h"

#include "sim/base/bits.h"

uint64_t engine_pc(struct engine *engine)
{
    return engine->pc;
}

void engine_set_pc(struct engine *engine, uint64_t pc)
{
    engine->pc = pc;
}

static int x_id(unsigned n)
{
    return n == 31   ? UC_ARM64_REG_SP
           : n == 30 ? UC_ARM64_REG_X30
           : n == 29 ? UC_ARM64_REG_X29
                     : (int)(UC_ARM64_REG_X0 + n);
}

static int v_id(unsigned n)
{
    BUG_ON(n > 31);
    return (int)(UC_ARM64_REG_Q0 + n);
}

static uint64_t read64(struct engine *engine, int id)
{
    uint64_t value = 0;
    uc_reg_read(engine->uc, id, &value);
    return value;
}

static uint32_t read32(struct engine *engine, int id)
{
    uint32_t value = 0;
    uc_reg_read(engine->uc, id, &value);
    return value;
}

uint64_t engine_x(struct engine *engine, unsigned n)
{
    BUG_ON(n > 31);
    return engine->env != NULL ? engine->env->x[n] : read64(engine, x_id(n));
}

void engine_set_x(struct engine *engine, unsigned n, uint64_t value)
{
    BUG_ON(n > 31);
    if (engine->env != NULL) {
        engine->env->x[n] = value;
    } else {
        uc_reg_write(engine->uc, x_id(n), &value);
    }
}

void engine_v(struct engine *engine, unsigned n, uint64_t value[2])
{
    uc_reg_read(engine->uc, v_id(n), value);
}

void engine_set_v(struct engine *engine, unsigned n, const uint64_t value[2])
{
    uc_reg_write(engine->uc, v_id(n), value);
}

uint32_t engine_nzcv(struct engine *engine)
{
    return engine->env != NULL ? engine_env_nzcv(engine->env) : read32(engine, UC_ARM64_REG_NZCV);
}

void engine_set_nzcv(struct engine *engine, uint32_t nzcv)
{
    if (engine->env != NULL) {
        engine_env_set_nzcv(engine->env, nzcv);
    } else {
        uc_reg_write(engine->uc, UC_ARM64_REG_NZCV, &nzcv);
    }
}

/* PSTATE in SPSR layout: DAIF in bits 9..6; the mode bits stay 0, EL0. */
uint8_t engine_daif(struct engine *engine)
{
    return (uint8_t)bits(read32(engine, UC_ARM64_REG_PSTATE), 9, 6);
}

void engine_set_daif(struct engine *engine, uint8_t daif)
{
    uint32_t pstate = (uint32_t)bits_set(read32(engine, UC_ARM64_REG_PSTATE), 9, 6, daif & 0xfu);
    uc_reg_write(engine->uc, UC_ARM64_REG_PSTATE, &pstate);
}

uint32_t engine_fpcr(struct engine *engine)
{
    return read32(engine, UC_ARM64_REG_FPCR);
}

void engine_set_fpcr(struct engine *engine, uint32_t value)
{
    uc_reg_write(engine->uc, UC_ARM64_REG_FPCR, &value);
}

uint32_t engine_fpsr(struct engine *engine)
{
    return read32(engine, UC_ARM64_REG_FPSR);
}

void engine_set_fpsr(struct engine *engine, uint32_t value)
{
    uc_reg_write(engine->uc, UC_ARM64_REG_FPSR, &value);
}

uint64_t engine_tpidr_el0(struct engine *engine)
{
    return engine->env != NULL ? *engine->env->tpidr_el0 : read64(engine, UC_ARM64_REG_TPIDR_EL0);
}

void engine_set_tpidr_el0(struct engine *engine, uint64_t value)
{
    if (engine->env != NULL) {
        *engine->env->tpidr_el0 = value;
    } else {
        uc_reg_write(engine->uc, UC_ARM64_REG_TPIDR_EL0, &value);
    }
}

uint64_t engine_tpidrro_el0(struct engine *engine)
{
    return engine->env != NULL ? *engine->env->tpidrro_el0
                               : read64(engine, UC_ARM64_REG_TPIDRRO_EL0);
}

void engine_set_tpidrro_el0(struct engine *engine, uint64_t value)
{
    if (engine->env != NULL) {
        *engine->env->tpidrro_el0 = value;
    } else {
        uc_reg_write(engine->uc, UC_ARM64_REG_TPIDRRO_EL0, &value);
    }
}
