/* How much of a range the host was asked to give large pages for. */
#ifndef EL2SIM_TESTS_SUPPORT_LARGE_PAGES_H
#define EL2SIM_TESTS_SUPPORT_LARGE_PAGES_H

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* False: this host has none, and nothing can be asked. */
static inline bool large_pages_exist(void)
{
    return access("/sys/kernel/mm/transparent_hugepage/enabled", R_OK) == 0 &&
           access("/proc/self/smaps", R_OK) == 0;
}

/* As the kernel lists it: mappings, each with its flags behind it. Writes its first byte to *first.
 */
static inline size_t large_pages_bytes(const void *at, size_t size_bytes, uintptr_t *first)
{
    uintptr_t begin = (uintptr_t)at, end = begin + size_bytes, from = 0, to = 0;
    size_t sum = 0;
    char line[512];
    *first = 0;
    FILE *f = fopen("/proc/self/smaps", "r");
    while (f != NULL && fgets(line, sizeof line, f) != NULL) {
        uintptr_t a, b;
        if (sscanf(line, "%" SCNxPTR "-%" SCNxPTR " ", &a, &b) == 2) {
            from = a > begin ? a : begin;
            to = b < end ? b : end;
        } else if (strncmp(line, "VmFlags:", 8) == 0 && strstr(line, " hg") && from < to) {
            *first = *first == 0 ? from : *first;
            sum += to - from;
        }
    }
    if (f != NULL) {
        fclose(f);
    }
    return sum;
}

#endif
