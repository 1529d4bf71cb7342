/*
 * Page tables of physical memory below 4 GiB, address for address, as part of the image. The first 2 MiB, where the kernel is, have pages
 * of 4 KiB, as a program's text has on Linux, so that single ones can be taken away. The last GiB, where devices are, is not cached.
 * Entries are marked accessed and dirty already.
 */
    .section .data.tables, "aw"
    .balign 4096
    .globl uk_page_table
uk_page_table:
    .quad gigabytes + 0x23
    .quad uk_areas_table + 0x23
    .fill 510, 8, 0

    .globl uk_gigabytes
uk_gigabytes:
gigabytes:
    .quad megabytes + 0x23, megabytes + 0x1023, megabytes + 0x2023, megabytes + 0x3023
    .fill 508, 8, 0

megabytes:
    .quad uk_low_pages + 0x23
    .set address, 0x200000
    .rept 3 * 512 - 1
    .quad address + 0xe3
    .set address, address + 0x200000
    .endr
    .rept 512
    .quad address + 0xfb
    .set address, address + 0x200000
    .endr

    .globl uk_low_pages
uk_low_pages:
    .set address, 0
    .rept 512
    .quad address + 0x63
    .set address, address + 0x1000
    .endr

    .globl uk_areas_table
uk_areas_table:
    .fill 512, 8, 0
