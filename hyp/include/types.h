/* Fixed-size integers and the few helpers everybody needs; freestanding. */
#ifndef EL2SIM_HYP_TYPES_H
#define EL2SIM_HYP_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
typedef int64_t s64;

#define ARRAY_SIZE(a)                (sizeof(a) / sizeof((a)[0]))
#define container_of(p, type, field) ((type *)((char *)(p)-offsetof(type, field)))
#define BIT(n)                       (1UL << (n))
#define ALIGN_UP(v, a)               (((v) + (a)-1) & ~((u64)(a)-1))
#define ALIGN_DOWN(v, a)             ((v) & ~((u64)(a)-1))

#define READ_ONCE(x)     (*(const volatile __typeof__(x) *)&(x))
#define WRITE_ONCE(x, v) (*(volatile __typeof__(x) *)&(x) = (v))

#endif
