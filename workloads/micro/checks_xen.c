/* Checks of Xen's interface, whoever has it. */
#include "lib/xen.h"

#include "abi/xen_io.h"
#include "micro/front_xen.h"
#include "micro/row.h"

#define PAGE         4096UL
#define OFF_ROUNDS   16
#define PSCI_CPU_OFF 0x84000002

/* References that nobody else uses. */
enum { REF = XEN_IO_GRANT + 1 };

static u8 page[PAGE] __attribute__((aligned(4096)));
static u8 at[2][PAGE] __attribute__((aligned(4096))); /* others come in the place of these */
static u16 self;

/* A page of ours that we map ourselves, twice: it is in use until the last mapping is gone, and
 * written until the last one that may write is. */
static bool grant_uses_counted(void)
{
    u32 handle[2];
    self = ROWS_DOMID;
    grant_page(REF, self, (u64)page);
    int status = grant_map(self, REF, (u64)at[0], false, &handle[0]);
    if (status == GNTST_BAD_DOMAIN || status == GNTST_PERMISSION_DENIED) { /* on a KVM we are 0 */
        self = 0;
        grant_page(REF, self, (u64)page);
        status = grant_map(self, REF, (u64)at[0], false, &handle[0]);
    }
    bool ok =
        status == GNTST_OKAY && grant_map(self, REF, (u64)at[1], false, &handle[1]) == GNTST_OKAY;
    WRITE_ONCE(page[0], 0x5a);
    ok = ok && READ_ONCE(at[0][0]) == 0x5a && READ_ONCE(at[1][0]) == 0x5a;
    ok = ok && grant_unmap(handle[0], (u64)at[1]) == GNTST_BAD_HANDLE;
    ok = ok && grant_unmap(handle[0], (u64)at[0]) == GNTST_OKAY && grant_in_use(REF);
    ok = ok && grant_unmap(handle[0], (u64)at[0]) == GNTST_BAD_HANDLE && grant_in_use(REF);
    return ok && grant_unmap(handle[1], (u64)at[1]) == GNTST_OKAY && !grant_in_use(REF);
}

static void turn_off(void)
{
    hvc(PSCI_CPU_OFF, 0, 0, 0);
    print("vm0: CPU_OFF has returned\n");
    guest_exit(1);
}

/* It may be turned on as soon as it is no longer on, however far it has got. */
static bool on_while_it_goes_off(void)
{
    for (unsigned i = 0; i < OFF_ROUNDS; i++) {
        secondary_call(turn_off);
        while (!secondary_start()) {
            for (unsigned n = 0; n < i; n++) {
                cpu_relax();
            }
        }
    }
    return true;
}

bool front_checks_run(void)
{
    static const struct check checks[] = {
        {"grant-uses-counted", grant_uses_counted},
        {"requests-of-one-event", front_requests_of_one_event},
        {"on-while-it-goes-off", on_while_it_goes_off},
    };
    return checks_list_run(checks, ARRAY_SIZE(checks));
}
