/* In place of unikernel_net.c where lwIP's source could not be had. */
#include "vb_platform_net.h"

const vb_platform_net *vb_platform_net_calls(const char **why) {
    *why = "this unikernel was built without lwIP, whose source could not be fetched: ./build.sh build with a network";
    return NULL;
}
