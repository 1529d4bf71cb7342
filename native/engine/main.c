#include "section.h"
#include "serve.h"
#include "text.h"
#include "transcript.h"
#include "vb_platform.h"

enum { EXIT_GOOD = 0, EXIT_SECTION_FAILED = 1, EXIT_COMMAND_LINE = 2 };

static int refuse(const char *why, const char *argument) {
    char bytes[256];
    vb_text text = {.bytes = bytes, .capacity = sizeof(bytes) - 1};
    vb_text_string(&text, "vbprobe: ");
    vb_text_string(&text, why);
    vb_text_printable(&text, argument, 80);
    bytes[text.length++] = '\n';
    vb_platform_write(bytes, text.length);
    return EXIT_COMMAND_LINE;
}

static int list(const vb_probe *const *probes, int count) {
    for (int i = 0; i < count; i++) {
        char bytes[256];
        vb_text text = {.bytes = bytes, .capacity = sizeof(bytes) - 1};
        vb_text_string(&text, probes[i]->id);
        vb_text_char(&text, '\t');
        vb_text_string(&text, probes[i]->parameters != 0 ? probes[i]->parameters : "");
        bytes[text.length++] = '\n';
        vb_platform_write(bytes, text.length);
    }
    return EXIT_GOOD;
}

/* The text after `name=` when the argument begins so, else NULL. */
static const char *value_of(const char *argument, const char *name) {
    while (*name != '\0') {
        if (*argument++ != *name++) {
            return 0;
        }
    }
    return *argument == '=' ? argument + 1 : 0;
}

typedef struct option {
    const char *name;
    int64_t least, most;
    int64_t value;
} option;

enum { ITERATION_MS, BUDGET_MS, WARMUP, MIN, MAX, SERVE, OPTION_COUNT };

/* Returns whether the argument is a whole-number option within its bounds. */
static int read_option(option *options, const char *argument) {
    for (int i = 0; i < OPTION_COUNT; i++) {
        const char *text = value_of(argument, options[i].name);
        if (text != 0) {
            return vb_read_integer(text, &options[i].value) && options[i].value >= options[i].least && options[i].value <= options[i].most;
        }
    }
    return 0;
}

/* Returns whether the argument is `name` with a percentage above 0, up to `most`; sets it as a share. */
static int read_percent(double *share, const char *argument, const char *name, double most) {
    const char *text = value_of(argument, name);
    double percent;
    if (text == 0 || !vb_read_decimal(text, &percent) || percent <= 0 || percent > most) {
        return 0;
    }
    *share = percent / 100;
    return 1;
}

/* Returns whether the argument names something that the guest was given. */
static int read_place(vb_options *options, const char *argument) {
    const char *peer = value_of(argument, "--peer"), *disk = value_of(argument, "--disk");
    options->peer = peer != 0 ? peer : options->peer;
    options->disk = disk != 0 ? disk : options->disk;
    return (peer != 0 && *peer != '\0') || (disk != 0 && *disk != '\0');
}

int vb_main(int argc, const char *const *argv, const char *implementation, const char *build, const vb_probe *const *probes,
            int probe_count) {
    const int64_t ms = 1000000;
    vb_options options;
    vb_options_default(&options);
    options.implementation = implementation;
    options.build = build;
    option numbers[OPTION_COUNT] = {
        [ITERATION_MS] = {"--iteration-ms", 1, 60000, options.iteration_ns / ms},
        [BUDGET_MS] = {"--budget-ms", 1, 3600000, options.budget_ns / ms},
        [WARMUP] = {"--warmup", 0, 1000, options.warmup_iterations},
        [MIN] = {"--min", 1, 10000, options.min_iterations},
        [MAX] = {"--max", 1, 10000, options.max_iterations},
        [SERVE] = {"--serve", 1, 65535, 0},
    };
    int none = 0;
    int first = 1;
    for (; first < argc && argv[first][0] == '-'; first++) {
        if (vb_string_equal(argv[first], "--list")) {
            return list(probes, probe_count);
        }
        if (vb_string_equal(argv[first], "--no-probes")) {
            none = 1;
            continue;
        }
        if (!read_option(numbers, argv[first]) && !read_percent(&options.max_relative_error, argv[first], "--error", 100) &&
            !read_percent(&options.slowdown, argv[first], "--slow", 1000) && !read_place(&options, argv[first])) {
            return refuse("unknown option or bad value: ", argv[first]);
        }
    }
    const int serves = numbers[SERVE].value != 0;
    if (first >= argc && !none && !serves) {
        return refuse("name at least one probe; --list shows them", "");
    }
    if (first < argc && (none || serves)) {
        return refuse(none ? "--no-probes and a probe: " : "--serve and a probe: ", argv[first]);
    }
    if (numbers[MIN].value > numbers[MAX].value) {
        return refuse("--min is greater than --max", "");
    }
    options.iteration_ns = numbers[ITERATION_MS].value * ms;
    options.budget_ns = numbers[BUDGET_MS].value * ms;
    options.warmup_iterations = (int32_t)numbers[WARMUP].value;
    options.min_iterations = (int32_t)numbers[MIN].value;
    options.max_iterations = (int32_t)numbers[MAX].value;
    vb_transcript_main(implementation, build);
    if (serves) {
        int status = vb_serve((uint16_t)numbers[SERVE].value);
        vb_transcript_end(0, status);
        return status;
    }
    int failed = vb_execute(&options, probes, probe_count, argv + first, argc - first);
    vb_transcript_end(argc - first, failed);
    return failed == 0 ? EXIT_GOOD : EXIT_SECTION_FAILED;
}
