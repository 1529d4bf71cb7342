/* From the machine's facts to the program, and from its status to the end of the machine. */
#include "kernel.h"
#include "pci.h"
#include "processor.h"
#include "vb_engine.h"

const char *uk_network_wanted;
int uk_network_has_bus;
void (*uk_at_end)(void);

static int run_engine(uk_arguments *arguments) {
    uk_processor_enable_vectors();
    int probes = 0;
    while (vb_probes[probes] != NULL) {
        probes++;
    }
    return vb_main(arguments->count, arguments->values, "c", vb_build_hash(), vb_probes, probes);
}

/* Said last: ns take a calibrated clock, and calibrating takes time that would fall before the first line. */
static void say_boot_time(uint64_t main_ticks) {
    uint64_t ticks = main_ticks - uk_entry_ticks;
    uk_line line;
    uk_line_start(&line, "VBUNIKERNEL: boot entryToMainNs=");
    uk_line_unsigned(&line, uk_clock_ns_of(ticks));
    uk_line_text(&line, " ticks=");
    uk_line_unsigned(&line, ticks);
    uk_line_text(&line, " console=");
    uk_line_text(&line, uk_console_name());
    uk_line_write(&line);
}

_Noreturn void uk_boot(void) {
    static uk_arguments arguments;
    uk_arguments_read(&arguments, uk_machine_found.command_line);
    if (!uk_console_choose(arguments.console)) {
        uk_fault("no such console on this machine");
    }
    if (arguments.network != NULL) {
        uk_network_wanted = arguments.network;
        uk_network_has_bus = uk_pci_found();
    }
    uk_frames_start(uk_machine_found.memory, uk_machine_found.memory_count);
    if (arguments.fault != NULL) {
        uk_fault_provoke(arguments.fault);
        uk_fault("vb.fault= names no fault that is known");
    }
    uint64_t main_ticks = uk_clock_ticks();
    int status = arguments.raw != 0 ? uk_raw_run(&arguments) : run_engine(&arguments);
    if (uk_at_end != NULL) {
        uk_at_end();
    }
    say_boot_time(main_ticks);
    uk_line line;
    uk_line_start(&line, "VBUNIKERNEL: exit ");
    uk_line_unsigned(&line, (uint64_t)status);
    uk_line_write(&line);
    uk_power_off(status);
}
