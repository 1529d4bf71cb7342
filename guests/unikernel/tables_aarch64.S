/*
 * Page tables of physical memory, address for address, as part of the image: devices below 1 GiB, memory from there to 256 GiB. The
 * kernel's own 2 MiB have pages of 4 KiB, as a program's text has on Linux, so that single ones can be taken away. Nothing is at address
 * 0. The upper half of the first table is the areas'.
 */
    .set device, 0x0060000000000401
    .set memory, 0x0060000000000705
    .set kernel, 0x0040000000000707

    .section .data.tables, "aw"
    .balign 4096
    .globl uk_areas_table
uk_areas_table:
    .quad devices + 3, first_gigabyte + 3
    .set address, 0x80000000
    .rept 254
    .quad address + memory
    .set address, address + 0x40000000
    .endr
    .fill 256, 8, 0

devices:
    .quad 0
    .set address, 0x200000
    .rept 511
    .quad address + device
    .set address, address + 0x200000
    .endr

first_gigabyte:
    .quad 0x40000000 + memory, uk_low_pages + 3
    .set address, 0x40400000
    .rept 510
    .quad address + memory
    .set address, address + 0x200000
    .endr

    .globl uk_low_pages
uk_low_pages:
    .set address, 0x40200000
    .rept 512
    .quad address + kernel
    .set address, address + 0x1000
    .endr
