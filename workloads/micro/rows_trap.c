/* Rows of one exit an operation, and the switch between two VMs. */
#include "micro/row.h"

#define IIDR_IMPLEMENTER 0x43b /* what the emulated distributor says: Arm */
#define SPURIOUS         1023
#define FRESH_FROM       (GUEST_RAM + 0x01000000UL)
#define FRESH_TO         (GUEST_RAM + GUEST_RAM_SIZE)
#define PAGE             4096UL

u64 wrong;

void results_prep(unsigned ops)
{
    (void)ops;
    wrong = 0;
}

bool results_post(unsigned ops)
{
    (void)ops;
    return wrong == 0;
}

void gic_trap_exec(void)
{
    wrong |= (mmio_read32(BOARD_GICD + 0x8) & 0xfff) ^ IIDR_IMPLEMENTER;
}

/* Nothing is pending: both do as they do with an interrupt, and can be repeated. */
void ack_eoi_exec(void)
{
    u32 ack = gic_acknowledge();
    isb();
    gic_eoi(ack);
    wrong |= (ack & 0x3ff) ^ SPURIOUS;
}

/* --- fresh pages: never touched before, in this run or the warm-up --- */

static u64 fresh_first = FRESH_FROM, fresh_next = FRESH_FROM;

void stage2_fault_prep(unsigned ops)
{
    (void)ops;
    fresh_first = fresh_next;
}

void stage2_fault_exec(void)
{
    *(volatile u64 *)fresh_next = fresh_next;
    fresh_next += PAGE;
}

bool stage2_fault_post(unsigned ops)
{
    bool ok = fresh_next == fresh_first + ops * PAGE && fresh_next <= FRESH_TO;
    for (u64 a = fresh_first; a < fresh_next; a += PAGE) {
        const volatile u64 *p = (const volatile u64 *)a;
        ok = ok && p[0] == a && p[1] == 0;
    }
    return ok;
}

/* --- VM switch: each HVC of either VM puts the other one on the CPU --- */

static u64 token;

void vm_switch_exec(void)
{
    token += 2;
    wrong |= hvc(HVC_SWITCH_SND, token, 0, 0) ^ (token + 1);
}

/* Answers each message with the next number; 0 is the last one. */
void partner_main(void)
{
    u64 message = hvc(HVC_SWITCH_RCV, 0, 0, 0);
    while (message) {
        message = message & STATE_MESSAGE ? state_answer(message)
                                          : hvc(HVC_SWITCH_SND, message + 1, 0, 0);
    }
}
