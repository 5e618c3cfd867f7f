/* The host's network cards for its processes: a frame a system call, as a tap device has it. */
#ifndef EL2SIM_HYP_KERNEL_NET_USER_H
#define EL2SIM_HYP_KERNEL_NET_USER_H

#include "types.h"

struct process;

/* -1: no such card, or not this process's, or another thread is at it. */
s64 net_user_open(struct process *p, u64 card); /* the CPU that gets its interrupts */
s64 net_user_send(struct process *p, u64 card, u64 va, u64 bytes);
s64 net_user_receive(struct process *p, u64 card, u64 va, u64 bytes); /* length; 0: none has come */
/* Until a frame has come, or the word at a user address no longer has this value. */
s64 net_user_wait(struct process *p, u64 card, u64 va, u32 value);
void net_user_close(struct process *p); /* all its cards; none of its threads runs any more */

#endif
