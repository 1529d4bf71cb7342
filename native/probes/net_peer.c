#include "net_peer.h"
#include "net_wire.h"
#include "text.h"

/* One decimal number up to `most`; NULL when there is none, else what follows it. */
static const char *read_number(const char *text, uint32_t most, uint32_t *number) {
    uint32_t value = 0;
    int digits = 0;
    for (; *text >= '0' && *text <= '9' && digits < 6; text++, digits++) {
        value = value * 10 + (uint32_t)(*text - '0');
    }
    *number = value;
    return digits > 0 && value <= most ? text : NULL;
}

static int read_address(const char *text, vb_net_address *address) {
    uint32_t number;
    address->host = 0;
    for (int i = 0; i < 4; i++) {
        text = read_number(text, 255, &number);
        if (text == NULL || *text++ != (i < 3 ? '.' : ':')) {
            return 0;
        }
        address->host = address->host << 8 | number;
    }
    text = read_number(text, 65535, &number);
    address->port = (uint16_t)number;
    return text != NULL && *text == '\0' && number != 0;
}

/* Fails the run with "the peer A.B.C.D:PORT WHAT", up to a number in it. */
static vb_status blame(net_link *link, const char *what, const uint64_t *number, const char *then) {
    char message[sizeof(link->run->error)];
    vb_text text = {.bytes = message, .capacity = sizeof(message) - 1};
    vb_text_string(&text, "the peer ");
    vb_text_printable(&text, vb_run_peer(link->run), VB_VALUE_MAX);
    vb_text_char(&text, ' ');
    vb_text_string(&text, what);
    if (number != NULL) {
        vb_text_unsigned(&text, *number, 0);
    }
    vb_text_string(&text, then);
    message[text.length] = '\0';
    link->is_broken = 1;
    return vb_fail(link->run, message);
}

vb_status vb_net_begin(vb_run *run, net_link *link) {
    const char *why;
    *link = (net_link){.run = run, .clock = vb_clock_get(), .net = vb_platform_net_calls(&why)};
    if (link->net == NULL || vb_run_peer(run) == NULL) {
        char message[sizeof(run->error)];
        vb_text text = {.bytes = message, .capacity = sizeof(message) - 1};
        vb_text_string(&text, "no network: ");
        vb_text_string(&text, link->net == NULL ? why : "this guest was given no peer to talk to (--peer=A.B.C.D:PORT)");
        message[text.length] = '\0';
        return vb_unsupported(run, message);
    }
    if (!read_address(vb_run_peer(run), &link->peer)) {
        return blame(link, "has no such address: write A.B.C.D:PORT", NULL, "");
    }
    /* Beyond its budget by this much, a section whose bytes only trickle is given up, long before whoever waits for the guest does so; and
       later than one whose bytes stopped within the budget, which are not slow but lost. */
    uint64_t limit_ns = 2 * VB_NET_SILENCE_NS + 2 * (uint64_t)vb_run_budget_ns(run);
    link->end_ticks = vb_clock_ticks(link->clock) + (uint64_t)((double)limit_ns / link->clock->ns_per_tick);
    return VB_OK;
}

vb_status vb_net_break(net_link *link, long error) {
    if (link->is_broken) {
        return VB_FAILED;
    }
    switch (error) {
    case VB_NET_TIMEOUT:
        return link->bytes == 0 ? blame(link, "did not answer within 5 s", NULL, "")
                                : blame(link, "is lost: nothing moved for 5 s after ", &link->bytes, " bytes");
    case VB_NET_REFUSED:
        return blame(link, "refuses: nobody listens there; start a server with --serve=PORT", NULL, "");
    case VB_NET_UNREACHABLE:
        return blame(link, "cannot be reached: no link, no address or no route", NULL, "");
    case 0:
    case VB_NET_CLOSED:
        return blame(link, "closed the connection after ", &link->bytes, " bytes");
    default:
        return blame(link, "cannot be talked to: the network of this system failed after ", &link->bytes, " bytes");
    }
}

int vb_net_connect(net_link *link, vb_net_kind kind) {
    int socket = link->net->connect(kind, link->peer, VB_NET_SILENCE_NS);
    if (socket < 0) {
        vb_net_break(link, socket);
    }
    return socket;
}

int vb_net_goes_on(net_link *link) {
    if (!link->is_broken && vb_clock_ticks(link->clock) > link->end_ticks) {
        blame(link, "is too slow: the section was given up after ", &link->bytes, " bytes");
    }
    return !link->is_broken;
}

int vb_net_send_all(net_link *link, int socket, const void *bytes, size_t length) {
    const char *next = bytes;
    while (length > 0) {
        long sent = link->net->send(socket, next, length, 0);
        if (sent <= 0) {
            vb_net_break(link, sent);
            return 0;
        }
        next += sent;
        length -= (size_t)sent;
        link->bytes += (uint64_t)sent;
    }
    return 1;
}

int vb_net_receive_all(net_link *link, int socket, void *bytes, size_t length) {
    char *next = bytes;
    while (length > 0) {
        long received = link->net->receive(socket, next, length, VB_NET_WAIT_ALL);
        if (received <= 0) {
            vb_net_break(link, received);
            return 0;
        }
        next += received;
        length -= (size_t)received;
        link->bytes += (uint64_t)received;
    }
    return 1;
}

int vb_net_tell(net_link *link, int socket, uint64_t number) {
    uint8_t bytes[VB_NET_NUMBER_BYTES];
    vb_net_put(bytes, number);
    return vb_net_send_all(link, socket, bytes, sizeof(bytes));
}

int vb_net_hear(net_link *link, int socket, uint64_t *number) {
    uint8_t bytes[VB_NET_NUMBER_BYTES];
    if (!vb_net_receive_all(link, socket, bytes, sizeof(bytes))) {
        return 0;
    }
    *number = vb_net_get(bytes);
    return 1;
}

void vb_net_report_bytes(const net_link *link) {
    vb_metric_add(link->run, "bytes", (double)link->bytes, "B");
}
