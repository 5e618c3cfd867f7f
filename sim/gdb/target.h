/* What gdb is told of the machine: its registers, as a target description (XML). */
#ifndef EL2SIM_GDB_TARGET_H
#define EL2SIM_GDB_TARGET_H

#include "sim/board/control.h"
#include "sim/gdb/packet.h"

void gdb_target_xml(const struct control *c, struct gdb_text *out);
/* Bytes of a register (control_state.h) in packets; 0: gdb is told of none. */
unsigned gdb_register_bytes(const struct control *c, unsigned reg);

#endif
