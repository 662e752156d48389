package org.ldae.bench;

import java.util.List;

/** What the report can time, in the order it does. */
final class Tasks {

    private Tasks() {}

    static List<Task> all() {
        return List.of(
                new SgemmTask(),
                StepTask.medium(),
                StepTask.small(),
                StepTask.large(),
                new ConvVaeTask(),
                new UNetTask(),
                EncodeTask.batch(),
                EncodeTask.one(),
                AttentionTask.large(),
                AttentionTask.medium(),
                AttentionTask.small(),
                new ProjectionTask(),
                PcaFitTask.large(),
                PcaFitTask.medium(),
                ProbeTask.small(),
                ProbeTask.large(),
                LoaderTask.ofSize(),
                LoaderTask.larger());
    }
}
