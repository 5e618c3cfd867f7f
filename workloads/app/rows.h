/* Application-shaped rows: what they have in common. README.md says what each one does. */
#ifndef EL2SIM_WORKLOADS_APP_ROWS_H
#define EL2SIM_WORKLOADS_APP_ROWS_H

#include "micro/row.h"

extern const struct row app_rows[];
extern const unsigned app_row_count;

/* What the program was started with; set by app_rows_run(). */
extern const struct guest_boot *app_boot;

/* Runs those rows that rows= names; "app" names all. False: one failed. */
bool app_rows_run(const struct guest_boot *boot);

/* An application's own work: hashes so many KiB of its memory. */
u64 app_work(unsigned kib, u64 seed);
/* How many KiB: work=, or the row's own number. */
unsigned app_work_kib(unsigned own);

/* --- rows_rr.c --- */
void rr_prep(unsigned ops);
void rr_exec(void);
bool rr_post(unsigned ops);
void stream_prep(unsigned ops);
void stream_exec(void);
bool stream_post(unsigned ops);

/* --- rows_server.c --- */
void memcached_prep(unsigned ops);
void apache_prep(unsigned ops);
void server_exec(void);
bool server_post(unsigned ops);

/* --- rows_cpu.c --- */
void hackbench_prep(unsigned ops);
void hackbench_exec(void);
bool hackbench_post(unsigned ops);
void kernbench_prep(unsigned ops);
void kernbench_exec(void);
bool kernbench_post(unsigned ops);

#endif
