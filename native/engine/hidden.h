/* Included before every file of the archive: whatever it names ends up in the same program, so nothing needs to go through a global offset
   table, whose entries one linker relaxes and another does not. */
#pragma GCC visibility push(hidden)
