#include "serve.h"
#include "net_server.h"
#include "text.h"
#include "transcript.h"
#include "vb_platform.h"

enum { EXIT_GOOD = 0, EXIT_CANNOT_SERVE = 1 };

static int complain(uint16_t port, const char *why) {
    char bytes[256];
    vb_text text = {.bytes = bytes, .capacity = sizeof(bytes) - 1};
    vb_text_string(&text, "vbprobe: cannot serve port ");
    vb_text_unsigned(&text, port, 0);
    vb_text_string(&text, ": ");
    vb_text_string(&text, why);
    bytes[text.length++] = '\n';
    vb_platform_write(bytes, text.length);
    return EXIT_CANNOT_SERVE;
}

static int serve(vb_server *server, const vb_platform_net *net, uint16_t port) {
    const int64_t look_around_ns = 10000000000;
    int error = vb_server_open(server, net, port);
    if (error < 0) {
        return complain(port, error == VB_NET_IN_USE ? "another program has it; name a free one" : "the network of this system refused it");
    }
    vb_transcript_serving(port);
    while (error == 0 && !server->is_told_to_end) {
        error = vb_server_turn(server, look_around_ns);
    }
    vb_server_close(server);
    return error == 0 ? EXIT_GOOD : complain(port, "the network of this system failed");
}

int vb_serve(uint16_t port) {
    const char *why;
    const vb_platform_net *net = vb_platform_net_calls(&why);
    if (net == 0) {
        return complain(port, why);
    }
    vb_server *server = vb_platform_map(sizeof(*server), 0);
    if (server == 0) {
        return complain(port, "not enough memory");
    }
    int status = serve(server, net, port);
    vb_platform_unmap(server, sizeof(*server));
    return status;
}
