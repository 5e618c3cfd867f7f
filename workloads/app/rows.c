#include "app/rows.h"

#include "app/net.h"

const struct guest_boot *app_boot;

const struct row app_rows[] = {
    {
        .id = "tcp-rr",
        .ops = 256,
        .unfit = net_unfit,
        .prep = rr_prep,
        .exec = rr_exec,
        .post = rr_post,
    },
    {
        .id = "tcp-stream",
        .ops = 1024,
        .unfit = net_unfit,
        .prep = stream_prep,
        .exec = stream_exec,
        .post = stream_post,
    },
    {
        .id = "memcached",
        .ops = 1024,
        .vcpus = 2,
        .pcpus = 2,
        .unfit = net_unfit,
        .prep = memcached_prep,
        .exec = server_exec,
        .post = server_post,
    },
    {
        .id = "apache",
        .ops = 256,
        .vcpus = 2,
        .pcpus = 2,
        .unfit = net_unfit,
        .prep = apache_prep,
        .exec = server_exec,
        .post = server_post,
    },
    {
        .id = "hackbench",
        .ops = 1024,
        .vcpus = 2,
        .pcpus = 2,
        .prep = hackbench_prep,
        .exec = hackbench_exec,
        .post = hackbench_post,
    },
    {
        .id = "kernbench",
        .ops = 64,
        .vcpus = 2,
        .pcpus = 2,
        .prep = kernbench_prep,
        .exec = kernbench_exec,
        .post = kernbench_post,
    },
};
const unsigned app_row_count = ARRAY_SIZE(app_rows);

bool app_rows_run(const struct guest_boot *boot)
{
    bool ok = true;
    app_boot = boot;
    if (boot->rows[0] == 0) {
        return true; /* these rows only run when they are named */
    }
    for (unsigned i = 0; i < app_row_count; i++) {
        if (list_has(boot->rows, app_rows[i].id) || list_has(boot->rows, "app")) {
            ok = row_run(&app_rows[i], boot) && ok;
        }
    }
    return ok;
}

#define MEMORY_KIB 16
#define PRIME      0x100000001b3UL /* FNV-1a, 64 bits */

u64 app_work(unsigned kib, u64 seed)
{
    static u64 bytes[MEMORY_KIB * 1024 / 8];
    u64 hash = 0xcbf29ce484222325UL ^ seed;
    for (unsigned k = 0; k < kib; k++) {
        const volatile u64 *at = &bytes[k % MEMORY_KIB * 128];
        for (unsigned i = 0; i < 128; i++) {
            hash = (hash ^ at[i]) * PRIME;
        }
    }
    return hash;
}

unsigned app_work_kib(unsigned own)
{
    return app_boot->work ? app_boot->work : own;
}
