/* What went wrong with a disk, in one line. */
#include "disk_medium.h"
#include "text.h"

enum { PATH_SHOWN = 48 };

static const char *reason_of(int64_t result) {
    switch (result) {
    case VB_DISK_NOT_FOUND:
        return "there is no such directory or block device";
    case VB_DISK_NO_PLACE:
        return "it is neither a directory nor a block device";
    case VB_DISK_DENIED:
        return "this program may not write there";
    case VB_DISK_READ_ONLY:
        return "it is read-only";
    case VB_DISK_IN_USE:
        return "it is mounted or in use by another program";
    case VB_DISK_FULL:
        return "it is full: give more room or a smaller file=";
    case VB_DISK_TOO_LARGE:
        return "a limit of this program (ulimit -f) allows no such file: give a smaller file=";
    case VB_DISK_IO_ERROR:
        return "it reports an I/O error; the system's log may say more";
    case VB_DISK_TIMEOUT:
        return "it hangs: nothing ended for seconds";
    case VB_DISK_NO_MEMORY:
        return "not enough memory";
    case VB_DISK_NO_DIRECT:
        return "no direct I/O there, or none in such blocks";
    case VB_DISK_NO_METHOD:
        return "this system refuses the method; io=auto finds another";
    case VB_DISK_ONE_AT_A_TIME:
        return "this system moves one block at a time: only depth=1";
    case VB_DISK_NO_FLUSH:
        return "this system does not flush a block device: what fsync says there means nothing";
    default:
        return 0;
    }
}

static int is_unsupported(int64_t result) {
    return result == VB_DISK_NO_DIRECT || result == VB_DISK_NO_METHOD || result == VB_DISK_ONE_AT_A_TIME || result == VB_DISK_NO_FLUSH;
}

vb_status vb_disk_break(disk_state *state, int64_t result) {
    char message[sizeof(state->run->error)];
    vb_text text = {.bytes = message, .capacity = sizeof(message) - 1};
    size_t length = vb_string_length(state->path);
    vb_text_string(&text, "disk ");
    vb_text_printable(&text, state->path, length < PATH_SHOWN ? length : PATH_SHOWN);
    vb_text_string(&text, length > PATH_SHOWN ? "...: " : ": ");
    const char *reason = reason_of(result);
    if (reason != 0) {
        vb_text_string(&text, reason);
    } else if (result >= 0) {
        vb_text_string(&text, "a transfer moved only ");
        vb_text_unsigned(&text, (uint64_t)result, 0);
        vb_text_string(&text, " bytes");
    } else {
        vb_text_string(&text, "the system's error ");
        vb_text_unsigned(&text, (uint64_t)(VB_DISK_OTHER - result), 0);
    }
    message[text.length] = '\0';
    state->is_broken = 1;
    return is_unsupported(result) ? vb_unsupported(state->run, message) : vb_fail(state->run, message);
}
