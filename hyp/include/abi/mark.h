/*
 * Marks: how guest code tells the simulator where a measured span begins and ends, and where a
 * snapshot of the machine is worth taking.
 *
 * A mark is an unallocated HINT, a NOP on every machine that does not know it (Arm ARM C6.2
 * "HINT"), so the same image runs on QEMU and on silicon. It costs what the profile says a NOP
 * costs, works at any exception level, and needs no device:
 *
 *   HINT #0x70   span begins: x0 = virtual address of the row's name, x1 = operations in the span
 *   HINT #0x71   span ends:   x0 = virtual address of the row's name
 *   HINT #0x72   snapshot:    x0 = virtual address of a name, or 0. Nothing happens unless the run
 *                             was asked for a snapshot here (el2sim run --snapshot-at mark:NAME)
 *
 * The name is a NUL-terminated string of [a-z0-9-], 31 characters at most, readable at the current
 * exception level. A row may be measured in many spans; they add up. A span may begin on one CPU
 * and end on another (an IPI, an I/O thread).
 */
#ifndef EL2SIM_ABI_MARK_H
#define EL2SIM_ABI_MARK_H

#define MARK_HINT_BEGIN    0x70
#define MARK_HINT_END      0x71
#define MARK_HINT_SNAPSHOT 0x72

#ifndef __ASSEMBLER__
static inline void mark_begin(const char *row, unsigned long operation_count)
{
    register const char *x0 __asm__("x0") = row;
    register unsigned long x1 __asm__("x1") = operation_count;
    __asm__ volatile("hint #0x70" : : "r"(x0), "r"(x1) : "memory");
}

static inline void mark_end(const char *row)
{
    register const char *x0 __asm__("x0") = row;
    __asm__ volatile("hint #0x71" : : "r"(x0) : "memory");
}

static inline void mark_snapshot(const char *name)
{
    register const char *x0 __asm__("x0") = name;
    __asm__ volatile("hint #0x72" : : "r"(x0) : "memory");
}
#endif

#endif
