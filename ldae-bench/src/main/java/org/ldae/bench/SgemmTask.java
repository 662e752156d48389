package org.ldae.bench;

import java.io.IOException;

/** Matrix products alone: what a training step is held against. */
final class SgemmTask implements Task {

    @Override
    public String kind() {
        return "sgemm";
    }

    @Override
    public Work open() {
        return new Products();
    }

    private static final class Products implements Work {
        private final Sgemm sgemm = new Sgemm();

        @Override
        public void handOver(Handoff handoff) {
            handoff.tensor("a", sgemm.first().array())
                    .tensor("b", sgemm.second().array());
        }

        @Override
        public double[] check() {
            sgemm.split();
            return new double[] {Checks.norm(sgemm.product().toArray())};
        }

        @Override
        public void iterate() {
            sgemm.split();
        }

        @Override
        public void reportAlone(Report report, int rounds) throws IOException {
            Duel duel = Duel.fight(Side.local(sgemm::split), sgemm::threaded, rounds);
            Spread split = duel.ours().under(Sgemm.FLOPS / 1e9);
            Spread threaded = duel.theirs().under(Sgemm.FLOPS / 1e9);
            report.put("sgemm.gflops", split.median() > threaded.median() ? split : threaded);
            report.put("sgemm.split.gflops", split.median());
            report.put("sgemm.threaded.gflops", threaded.median());
        }

        @Override
        public void close() {
            sgemm.close();
        }
    }
}
