/* What the guest has printed. It stays when the run goes back: a run prints nothing twice. */
#ifndef EL2SIM_STEP_SESSION_TEXT_H
#define EL2SIM_STEP_SESSION_TEXT_H

#include <stddef.h>

#define SESSION_TEXT_SIZE 16384

struct session_text {
    char bytes[SESSION_TEXT_SIZE + 1]; /* printable, and line ends; the last of it */
    size_t length;
};

#endif
