/* Boot arguments of the form NAME=ONE-OF-SOME-WORDS. */
#ifndef EL2SIM_HYP_KERNEL_CHOICE_H
#define EL2SIM_HYP_KERNEL_CHOICE_H

/* The place in words (the last is NULL) of what NAME= says; 0, the default, when it is not there.
 * Another word ends the machine with the message. */
unsigned boot_choice(const char *name, const char *const *words, const char *message);

#endif
