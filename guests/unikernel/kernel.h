/*
 * The parts of the reference unikernel and what they offer each other. One device, or one thing that a kernel does, is one file; a file
 * that differs between architectures has the architecture as its suffix.
 */
#ifndef UK_KERNEL_H
#define UK_KERNEL_H

#include "unikernel.h"

/* ---- boot_ARCH.c: what the machine handed over ---- */

enum { UK_RANGE_MAX = 16, UK_COMMAND_LINE_MAX = 2048, UK_CPU_MAX = 64 };

typedef struct uk_range {
    uint64_t start, end;
} uk_range;

typedef struct uk_machine {
    char command_line[UK_COMMAND_LINE_MAX];
    uk_range memory[UK_RANGE_MAX]; /* usable, without the kernel's own */
    int memory_count;
    uint64_t cpus[UK_CPU_MAX]; /* local APIC ids, or MPIDRs; the one that booted is among them */
    int cpu_count;
} uk_machine;

extern uk_machine uk_machine_found;

/* The clock's register at the kernel's first instruction. */
extern uint64_t uk_entry_ticks;

/* ---- boot.c ---- */

/* Runs the program; never returns. */
_Noreturn void uk_boot(void);

/* The address that the command line gives, as written there; NULL: no network. The machine's PCI bus has then been looked for. */
extern const char *uk_network_wanted;
extern int uk_network_has_bus;
/* What is to be done between the program's end and the machine's; NULL: nothing. */
extern void (*uk_at_end)(void);

/* ---- arguments.c ---- */

enum { UK_ARGUMENT_MAX = 64 };

/* The command line's words for vb_main, and those that are for the kernel itself. */
typedef struct uk_arguments {
    const char *values[UK_ARGUMENT_MAX];
    int count;
    const char *console; /* vb.console=WORD; NULL */
    const char *network; /* vb.net=A.B.C.D/PREFIX; NULL */
    const char *fault;   /* vb.fault=WORD: what to do wrong, for those who test what then happens; NULL */
    int64_t raw;         /* vb.raw=N; 0: no, -1: not a number */
} uk_arguments;

/* Cuts `line` into words. */
void uk_arguments_read(uk_arguments *arguments, char *line);

/* ---- raw.c ---- */

/* Measures exit.* with `operations` an iteration in general registers alone; prints a transcript, returns the program's exit status. */
int uk_raw_run(const uk_arguments *arguments);

/* ---- lines.c: text for the console ---- */

typedef struct uk_line {
    char bytes[512]; /* VB_LINE_MAX */
    size_t length;
} uk_line;

void uk_line_start(uk_line *line, const char *text);
void uk_line_text(uk_line *line, const char *text);
void uk_line_unsigned(uk_line *line, uint64_t value);
void uk_line_hex(uk_line *line, uint64_t value);
/* Ends the line and writes it. */
void uk_line_write(uk_line *line);

int uk_text_equal(const char *a, const char *b);

/* ---- copy.c ---- */

/* Copies memory, as fast as general registers can. */
void uk_copy(void *to, const void *from, size_t bytes);

/* ---- fault.c: the end of everything that cannot go on ---- */

/* Statuses of the program beside those of vb_protocol.h. */
enum { UK_STATUS_FAULT = 4 };

/* Says `VBUNIKERNEL: fault: WHAT` and powers off. */
_Noreturn void uk_fault(const char *what);
/* The same with two numbers in it; labels may be NULL. */
_Noreturn void uk_fault_at(const char *what, const char *label, uint64_t value, const char *label2, uint64_t value2);
/* Makes the fault that vb.fault names; returns when there is none of that name. */
void uk_fault_provoke(const char *name);

/* ---- power_ARCH.c ---- */

/* Ends the machine, so that its host process ends; hands it the status where a device takes one. */
_Noreturn void uk_power_off(int status);

/* ---- console.c, and one file a device ---- */

typedef struct uk_console {
    const char *name;
    int (*find)(void); /* whether the device is there; prepares it */
    void (*write)(const char *bytes, size_t length);
} uk_console;

/* The architecture's consoles, best first, NULL-terminated. */
extern const uk_console *const uk_consoles[];

/* Takes the console called `name`, or (NULL) the first that is there. Returns whether there is one of that name. */
int uk_console_choose(const char *name);
/* The chosen one's name. */
const char *uk_console_name(void);

/* ---- clock.c, clock_ARCH.c ---- */

uint64_t uk_clock_ticks(void);
/* Ticks a second; found at the first call, by uk_clock_find_hz of the architecture. */
uint64_t uk_clock_hz(void);
uint64_t uk_clock_find_hz(void);
uint64_t uk_clock_ns_of(uint64_t ticks);

/* ---- frames.c: physical memory ---- */

enum { UK_FRAME = 4096, UK_BLOCK = 2 << 20 };

/* Takes charge of the machine's memory. */
void uk_frames_start(const uk_range *ranges, int count);
/* A frame of 4 KiB, or 2 MiB at a time; 0 when there is none. What they hold is undefined. */
uint64_t uk_frame_take(void);
uint64_t uk_block_take(void);
void uk_frame_give(uint64_t frame);
void uk_block_give(uint64_t block);
uint64_t uk_frames_free(void);

/* ---- areas.c, paging.c: virtual memory ---- */

/* Whether the address lies in a lazy area, whose page is then there. */
int uk_area_fault(uintptr_t address);

/* Maps one page; 0 when there is no memory for the tables. */
int uk_page_map(uintptr_t address, uint64_t frame, int huge);
/* The frame that was mapped at the address, which is no more; 0 when none was. */
uint64_t uk_page_unmap(uintptr_t address, int huge);

/* ---- processors_ARCH.c: the second CPU ---- */

/* Starts it, once. Returns NULL when it waits for interrupts, else why there is none. */
const char *uk_second_cpu_start(void);
/* Interrupts it and waits until its handler has answered: 0, or 1 when that takes longer than a second. */
uint64_t uk_second_cpu_interrupt(void);
/* Where the second CPU begins, on its own stack. */
_Noreturn void uk_second_cpu_main(void);

#endif
