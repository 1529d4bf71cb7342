/* A cgroup v2 hierarchy of the program's own. Both want a mount namespace of one's own; -1 and errno: not done. */
#ifndef VB_ENCLOSURE_CGROUP_H
#define VB_ENCLOSURE_CGROUP_H

/* Makes the group `directory` the root of a cgroup namespace, and of what is mounted on /sys/fs/cgroup. */
int enter_cgroup(const char *directory);

/*
 * Moves the caller into a group below that root: who stood in the root itself would be in the group "/", and a program that
 * removes its own group by name (rkt does) would name everything there is.
 */
int join_inner_cgroup(void);

#endif
