/*
 * What a guest finds around its program when its launch asked for it: devices, file systems, a network. Each call returns 0, or an errno
 * with a description of what could not be done, e.g. "mount virtiofs vbdisk on /disk".
 */
#ifndef VB_SURROUNDINGS_H
#define VB_SURROUNDINGS_H

enum { MAX_DESCRIPTION = 256 };

/* Waits for the paths of /devices, one a line: a driver may look for its disks long after it has been loaded. */
int wait_for_devices(char description[MAX_DESCRIPTION]);

/* Mounts what /mounts lists, a line "TYPE SOURCE TARGET OPTIONS" each; options are the file system's own, "-" for none. */
int mount_file_systems(char description[MAX_DESCRIPTION]);

/* Gives the interface of the line "INTERFACE ADDRESS/PREFIX [MTU]" in /net that address, and waits until its link is up. */
int set_up_network(char description[MAX_DESCRIPTION]);

/* Waits a millisecond; how many of them are waited for anything to appear. */
enum { MOST_WAITS = 5000 };
void wait_a_little(void);

#endif
