package org.ldae.study;

/** Pixels as they are. */
record RawPixels() implements Subject {

    @Override
    public String settings() {
        return SubjectJson.of("raw-pixels").toString();
    }

    @Override
    public void run(CellRun run) {
        run.probe(Metric.ALL_TOKENS, images -> Latents.rows(images, Latents::flat));
    }
}
