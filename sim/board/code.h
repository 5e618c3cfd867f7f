/* Inside the board: code in memory, and stores to it. */
#ifndef EL2SIM_BOARD_CODE_H
#define EL2SIM_BOARD_CODE_H

#include "cpu-el/insn.h"
#include "mmu/mmu.h"

struct cpu;
struct machine;

/* code.c ------------------------------------------------------------------------------------ */

void code_init(struct cpu *cpu);
void code_destroy(struct cpu *cpu);
/* The instruction word at pc, by translation without charge; 0 (UDF) if unreadable. */
uint32_t code_word(struct cpu *cpu, uint64_t pc);
/* insn_decode(), remembered. */
struct insn code_decode(struct cpu *cpu, uint32_t word);
/* The instruction at pc. */
struct insn code_insn(struct cpu *cpu, uint64_t pc);
/* Physical address of code at pc; false if it has none now. */
bool code_pa(struct cpu *cpu, uint64_t pc, uint64_t *pa_out);
/* IC IVAU: code within one page of RAM changed. IC IALLU: any may have. */
void code_changed(struct machine *m, pa_t at, uint64_t size_bytes);
void code_changed_all(struct machine *m);
/* A block is known whose page does not follow its stores (code_follows_stores()): after IC IALLU it
 * must be looked at. */
void code_note_left(struct cpu *cpu, uint64_t at);
/* What the engine knows of [at, at + size) becomes what memory holds. */
void code_renew(struct machine *m, pa_t at, uint64_t size_bytes);
/* When code at `at` last may have changed, a stamp that grows. */
uint64_t code_changed_at(const struct cpu *cpu, uint64_t at);
/* Whether the engine can have no translation of the page from before the last IC IALLU; if it can,
 * code_stale is set, and code_drop_stale(), called while the engine stands, makes it so. */
bool code_is_fresh(struct cpu *cpu, uint64_t at);
void code_drop_stale(struct cpu *cpu);

/* code_writes.c ----------------------------------------------------------------------------- */

void code_writes_init(struct machine *m);
void code_writes_destroy(struct machine *m);
/* Whether a view may hold the page for fetches, for stores; notes that it does. */
bool code_may_be_fetched(struct machine *m, const struct mmu_page *page, va_t at);
bool code_may_be_written(struct machine *m, const struct mmu_page *page, va_t at);
/* An instruction that writes the page it runs from, and that nobody but the engine can carry out:
 * the page is granted for both. */
void code_leave_to_engine(struct machine *m, pa_t at);
/* A walk of tables has written there (mmu.h), while the engine runs. */
void code_written_by_walk(struct machine *m, pa_t at);
/* No store to this page of RAM was ever left to the engine, or made by a walk: what is fetched from
 * it is what memory holds, and IC has nothing to do. */
bool code_follows_stores(const struct machine *m, uint64_t at);
/* No view holds anything: nothing may be written or fetched without being asked for. */
void code_empty_views(struct machine *m);
/* A fetch was refused: after this it may be granted. */
void code_fetch_refused(struct machine *m, pa_t at);
/* Memory is about to be written, or was by a device: what may lead to code there is dropped. Not
 * while the engine runs. */
void code_written(struct machine *m, pa_t at, uint64_t size_bytes);

#endif
