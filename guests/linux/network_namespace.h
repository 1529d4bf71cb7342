/*
 * For containers whose engine makes their network namespace itself: the namespace is handed to the harness, which puts a link there.
 */
#ifndef VB_NETWORK_NAMESPACE_H
#define VB_NETWORK_NAMESPACE_H

/*
 * Sends one byte with a descriptor of the caller's network namespace (SCM_RIGHTS) to a UNIX stream socket, and waits until that is closed
 * at the other end, which also happens when whoever is there dies. Needs no capability. Returns NULL, or what failed, with errno.
 */
const char *hand_over_network_namespace(int socket);

#endif
