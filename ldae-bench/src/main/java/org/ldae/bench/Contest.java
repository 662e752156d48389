package org.ldae.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** A task run by itself, then against every peer that can do it. */
record Contest(Task task, Path folder, int rounds) {

    void run(Report report, Map<String, Peer> peers) throws IOException {
        Path file = folder.resolve(task.name() + ".safetensors");
        try (Task.Work work = task.open()) {
            Handoff handoff = new Handoff();
            work.handOver(handoff);
            handoff.write(file);
            double[] expected = work.check();
            report.put(task.name() + ".checked", Checks.describe(expected));
            work.reportAlone(report, rounds);
            for (Map.Entry<String, Peer> peer : peers.entrySet()) {
                if (task.peers().contains(peer.getKey())) {
                    against(peer.getKey(), peer.getValue(), work, expected, report);
                }
            }
        } finally {
            Files.deleteIfExists(file);
        }
    }

    private void against(String name, Peer peer, Task.Work work, double[] expected, Report report) throws IOException {
        String result = task.name() + ".vs_" + name;
        try {
            String how = peer.open(task.kind(), folder.resolve(task.name() + ".safetensors"));
            if (!how.isEmpty()) {
                report.put(task.name() + "." + name, how);
            }
            Checks.requireSame(expected, peer.check(), work.tolerance());
            Duel duel = Duel.fight(Side.local(work::iterate), peer, rounds);
            peer.closeTask();
            report.put(result, duel.ratio());
            report.put(
                    task.name() + ".ms.beside_" + name, duel.ours().times(1e3).median());
            report.put(task.name() + ".ms." + name, duel.theirs().times(1e3).median());
        } catch (PeerException e) {
            report.error(result, String.valueOf(e.getMessage()));
        }
    }
}
