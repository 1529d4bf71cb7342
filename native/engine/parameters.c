#include "section.h"
#include "text.h"

size_t vb_specification_id(const char *specification) {
    size_t length = 0;
    while (specification[length] != '\0' && specification[length] != '{') {
        length++;
    }
    return length;
}

static vb_status complain(vb_run *run, const char *before, const char *what, size_t length, const char *after) {
    char message[sizeof(run->error)];
    vb_text text = VB_TEXT_OVER(message);
    vb_text_string(&text, before);
    vb_text_printable(&text, what, length < VB_NAME_MAX ? length : VB_NAME_MAX);
    vb_text_string(&text, after);
    message[text.length < sizeof(message) ? text.length : sizeof(message) - 1] = '\0';
    return vb_fail(run, message);
}

/* Whether `accepted` ("a=1 b=2") has `name`. */
static int is_accepted(const char *accepted, const char *name) {
    while (*accepted != '\0') {
        const char *expected = name;
        while (*expected != '\0' && *expected == *accepted) {
            expected++;
            accepted++;
        }
        if (*expected == '\0' && *accepted == '=') {
            return 1;
        }
        while (*accepted != '\0' && *accepted++ != ' ') {
        }
    }
    return 0;
}

static const char *find(const vb_run *run, const char *name) {
    for (int i = 0; i < run->parameter_count; i++) {
        if (vb_string_equal(run->parameters[i].name, name)) {
            return run->parameters[i].value;
        }
    }
    return 0;
}

/* One name=value of `length` characters. */
static vb_status read_pair(vb_run *run, const char *accepted, const char *pair, size_t length) {
    size_t name_length = 0;
    while (name_length < length && pair[name_length] != '=') {
        name_length++;
    }
    if (name_length == length || name_length == 0 || name_length + 1 == length) {
        return complain(run, "expected name=value, not '", pair, length, "'");
    }
    if (run->parameter_count == VB_PARAMETER_MAX) {
        return vb_fail(run, "too many parameters");
    }
    vb_parameter parameter;
    if (!vb_string_copy(parameter.name, sizeof(parameter.name), pair, name_length) ||
        !vb_string_copy(parameter.value, sizeof(parameter.value), pair + name_length + 1, length - name_length - 1)) {
        return complain(run, "parameter too long: ", pair, length, "");
    }
    for (const char *c = parameter.value; *c != '\0'; c++) {
        if (*c <= ' ' || *c >= 127) {
            return complain(run, "parameter has a character that is not printable: ", pair, name_length, "");
        }
    }
    if (!is_accepted(accepted, parameter.name)) {
        return complain(run, "no parameter '", pair, name_length, accepted[0] != '\0' ? "'; see --list" : "'; there are none");
    }
    if (find(run, parameter.name) != 0) {
        return complain(run, "parameter given twice: ", pair, name_length, "");
    }
    run->parameters[run->parameter_count++] = parameter;
    return VB_OK;
}

vb_status vb_specification_read(vb_run *run, const char *accepted, const char *specification) {
    const char *next = specification + vb_specification_id(specification);
    if (*next == '\0') {
        return VB_OK;
    }
    do {
        next++;
        size_t length = 0;
        while (next[length] != '\0' && next[length] != ',' && next[length] != '}') {
            length++;
        }
        if (next[length] == '\0') {
            return vb_fail(run, "parameters have no closing brace");
        }
        if (read_pair(run, accepted, next, length) != VB_OK) {
            return VB_FAILED;
        }
        next += length;
    } while (*next == ',');
    return next[1] == '\0' ? VB_OK : vb_fail(run, "text after the closing brace of the parameters");
}

int vb_read_integer(const char *text, int64_t *value) {
    int negative = *text == '-';
    const char *digit = text + negative;
    int64_t sum = 0;
    if (*digit < '0' || *digit > '9') {
        return 0;
    }
    for (; *digit >= '0' && *digit <= '9'; digit++) {
        if (__builtin_mul_overflow(sum, (int64_t)10, &sum) || __builtin_add_overflow(sum, (int64_t)(*digit - '0'), &sum)) {
            return 0;
        }
    }
    int shift = *digit == 'K' ? 10 : *digit == 'M' ? 20 : *digit == 'G' ? 30 : 0;
    if (digit[shift != 0] != '\0' || __builtin_mul_overflow(sum, (int64_t)1 << shift, &sum)) {
        return 0;
    }
    *value = negative ? -sum : sum;
    return 1;
}

int vb_read_decimal(const char *text, double *value) {
    double sum = 0, scale = 1;
    int digits = 0, fraction = 0;
    for (; *text != '\0'; text++) {
        if (*text == '.' && !fraction) {
            fraction = 1;
        } else if (*text >= '0' && *text <= '9' && digits < 15) {
            digits++;
            sum = sum * 10 + (*text - '0');
            scale = fraction ? scale * 10 : scale;
        } else {
            return 0;
        }
    }
    *value = sum / scale;
    return digits > 0;
}

int64_t vb_parameter_integer(vb_run *run, const char *name, int64_t fallback) {
    const char *text = find(run, name);
    int64_t value;
    if (text == 0) {
        return fallback;
    }
    if (!vb_read_integer(text, &value)) {
        complain(run, "parameter '", name, vb_string_length(name), "' takes a whole number (K, M, G allowed)");
        return fallback;
    }
    return value;
}

const char *vb_parameter_text(vb_run *run, const char *name, const char *fallback) {
    const char *text = find(run, name);
    return text != 0 ? text : fallback;
}
