/* Lab 5: calls from a guest to its hypervisor, by HVC. */
#include "lab.h"

#define EC_HVC        0x16
#define NOT_SUPPORTED ((uint64_t)-1)

#define CALL_BASE    0xc6000000UL
#define CALL_VERSION 0xc6000000UL /* x0 := 0x10000 */
#define CALL_ADD     0xc6000001UL /* x0 := x1 + x2 */
#define CALL_DONE    0xc6000002UL /* power off */

void guest(void);

typedef uint64_t call(const uint64_t *x);

static uint64_t version(const uint64_t *x)
{
    (void)x;
    return 0x10000;
}

static uint64_t add(const uint64_t *x)
{
    return x[1] + x[2];
}

static uint64_t done(const uint64_t *x)
{
    (void)x;
    power_off();
}

static call *const calls[] = {version, add, done};

#define CALLS (sizeof calls / sizeof calls[0])

/*
 * The guest has executed HVC. The conventions (SMC Calling Convention, Arm DEN 0028):
 *   - the immediate is 0; others are not calls of ours
 *   - x0 has the function's number, x1 and on its arguments
 *   - the result is in x0; a number or an immediate that we do not know gets NOT_SUPPORTED
 *   - nothing else that the guest can see changes, but x1 to x3
 */
static void hypercall(struct frame *frame)
{
    /* Your code: use calls[], call numbers CALL_BASE and on. Remove the next two lines. */
    (void)frame, (void)calls;
    power_off();
}

void el2_sync(struct frame *frame)
{
    if (frame->esr >> 26 == EC_HVC) {
        hypercall(frame);
    } else {
        power_off();
    }
}

void lab(void)
{
    WR("vbar_el2", el2_vectors);
    ISB();
    enter_el1(guest);
}
