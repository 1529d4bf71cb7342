#include "vector.h"

const vb_variant *vb_variant_choose(vb_run *run, const vb_variant *variants, int count, const char *kind_name) {
    int64_t width = vb_parameter_integer(run, "width", 0);
    if (width != 0 && width != 128 && width != 256 && width != 512) {
        vb_fail(run, "width must be 0, 128, 256 or 512");
        return NULL;
    }
    unsigned features = vb_cpu_features();
    for (int i = 0; i < count; i++) {
        int runs_here = (variants[i].features & ~features) == 0;
        if (runs_here && (width == 0 || width == variants[i].width)) {
            vb_run_note(run, "width", variants[i].width == 512 ? "512" : variants[i].width == 256 ? "256" : "128");
            vb_run_note(run, kind_name, variants[i].kind);
            return &variants[i];
        }
    }
    vb_unsupported(run, "this CPU has no vectors of that width");
    return NULL;
}
