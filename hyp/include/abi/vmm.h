/* Between the host kernel and its EL0 processes: the image header, where things are mapped, system
 * calls, exits of a VCPU. */
#ifndef EL2SIM_ABI_VMM_H
#define EL2SIM_ABI_VMM_H

#define USER_IMAGE       0x00400000 /* text, then data and bss on the next page */
#define USER_IMAGE_MAGIC 0x314d4d56 /* "VMM1" */
#define USER_ARGS        0x18000000 /* struct vmm_args, read-only */
#define USER_RUN(vcpu)   (0x20000000UL + (vcpu)*0x1000UL) /* struct vcpu_run */
#define USER_STACK_TOP   0x7f000000 /* of thread 0; thread n is n * USER_STACK_STEP lower */
#define USER_STACK_STEP  0x00100000
#define USER_STACK_SIZE  0x00004000
/* Of any size that memory has; read-only: the guest's image and its initial RAM disk. */
#define USER_GUEST_IMAGE   0x1000000000
#define USER_GUEST_RAMDISK 0x2000000000
#define USER_GUEST_RAM     0x3000000000

/* SVC #0, number in x8, arguments in x0-x3, result in x0: >= 0, or -1. */
#define SYS_EXIT          0 /* (status): the process ends */
#define SYS_WRITE         1 /* (text, bytes): to the console, whole lines */
#define SYS_THREAD_CREATE 2 /* (entry, argument, cpu; with THREAD_IO it goes before others) */
#define SYS_THREAD_EXIT   3
#define SYS_VM_CREATE     4 /* (VM id) */
#define SYS_VM_MEMORY     5 /* (IPA, user address, bytes): what backs the VM's memory */
#define SYS_VM_IODEV      6 /* (IPA, INTID, cpu of the I/O thread) */
/* (index, entry, x0): VCPU 0 begins there, the others wait for PSCI CPU_ON; its vcpu_run page
 * appears at USER_RUN(index) */
#define SYS_VCPU_CREATE 7
#define SYS_VCPU_RUN    8 /* (index): until an exit that the VMM must handle */
/* (address of 32 bits, value): while it has that value, or until woken */
#define SYS_FUTEX_WAIT 9
#define SYS_FUTEX_WAKE 10 /* (): all who wait */
/* (INTID of an SPI, level): its input, where the kernel has the interrupt controller */
#define SYS_VM_IRQ 14

/* Of a VMM that emulates the interrupt controller and the timer: -1 where the kernel does. */
#define SYS_IRQ_LINE   11 /* (VCPU, level) */
#define SYS_IRQ_EVENTS 12 /* (): waits; IRQCHIP_EVENT_* as bits, 0 when the VM stops */
/* (VCPU, time of the counter): one event then; from that VCPU's thread */
#define SYS_IRQ_TIMER 13

#define SYS_VM_NET 15 /* (card of the host, IPA, INTID): a network card in the kernel */

/* Of a VMM that has the network cards itself: net=user. */
#define SYS_NET_OPEN    16 /* (card of the host): the CPU that gets its interrupts */
#define SYS_NET_SEND    17 /* (card, frame, bytes) */
#define SYS_NET_RECEIVE 18 /* (card, where to, room): bytes of the next frame; 0: none has come */
/* (card, address of 32 bits, value): until a frame has come, or while the word has that value and
 * it is not woken by SYS_FUTEX_WAKE */
#define SYS_NET_WAIT 19

#define IRQCHIP_EVENT_SPI(n)   (1UL << (n)) /* a device of the kernel has raised SPI 32 + n */
#define IRQCHIP_EVENT_TIMER(n) (1UL << (32 + (n))) /* of VCPU n */

#define THREAD_IO 0x80000000

#define VCPU_EXIT_MMIO     1
#define VCPU_EXIT_SHUTDOWN 2 /* the guest asked for power off, or the process ends */
#define VCPU_EXIT_TIMER    3 /* a register of the timer; ipa: enum soft_timer_reg */
#define VCPU_EXIT_RESET    4 /* the guest asked for a reset */

#ifndef __ASSEMBLER__
struct user_image {
    unsigned int magic;
    unsigned int text_bytes;   /* of the file: text and read-only data, whole pages */
    unsigned int data_bytes;   /* of the file, after the text */
    unsigned int memory_bytes; /* data and bss */
    unsigned long entry;
};

struct vmm_args {
    unsigned int vm_id;
    unsigned int vcpu_count;
    unsigned int pcpu_count;
    unsigned int ops;
    unsigned int gic_version; /* that the guest sees */
    unsigned int timer_intid; /* of the timer that it may use */
    unsigned long guest_image_bytes;
    /* A guest of the benchmark rows: */
    char rows[256];
    char spread[8];
    unsigned int work;
    unsigned int receive;
    unsigned int net_in_vmm; /* else the kernel has the network cards */
    /* A kernel that follows Linux' boot protocol; 0 bytes of memory: the rows. */
    unsigned long memory_bytes;
    unsigned long ramdisk_bytes;
    char bootargs[2048];
};

struct vcpu_run {
    unsigned int exit_reason;
    unsigned int is_write;
    unsigned int len;
    unsigned int pad;
    unsigned long ipa;
    unsigned long data; /* written by the guest, or what its read returns */
};
#endif

#endif
