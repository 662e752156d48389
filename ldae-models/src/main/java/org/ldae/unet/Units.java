package org.ldae.unet;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.ldae.compute.Activation;
import org.ldae.compute.MapShape;
import org.ldae.compute.Window;
import org.ldae.nn.Parameters.Init;
import org.ldae.nn.conv.ConvNet;
import org.ldae.unet.Unit.Role;

/** Lays out a {@link UNet} unit by unit, in the order they run. */
final class Units {

    private static final Window SAME = Window.same(3);

    private final UNet net;
    private final boolean told;
    private final List<Unit> units = new ArrayList<>();
    /** Maps that wait for the way up. */
    private final Deque<MapShape> kept = new ArrayDeque<>();

    private MapShape maps;

    Units(UNet net, boolean told, MapShape input) {
        this.net = net;
        this.told = told;
        this.maps = input;
        add(chain().convolve("in", SAME, net.channels()), Role.ENTRY);
    }

    private ConvNet chain() {
        return ConvNet.of(maps);
    }

    private void add(ConvNet chain, Role role) {
        units.add(new Unit(chain, role));
        maps = chain.output();
        if (role.kept()) {
            kept.push(maps);
        }
    }

    void down(int level) {
        if (level > 1) {
            add(chain().convolve("down." + level + ".half", Window.HALVING, maps.channels()), Role.ENTRY);
        }
        for (int i = 1; i <= net.blocksPerLevel(); i++) {
            add(block(chain(), "down." + level + "." + i, level), Role.DOWN);
        }
    }

    void middle() {
        ConvNet chain = residual(chain(), "middle.1", maps.channels());
        if (net.attentionLevel() > 0) {
            chain = chain.attention("middle.attention");
        }
        add(residual(chain, "middle.2", maps.channels()), Role.MIDDLE);
    }

    void up(int level) {
        for (int i = 1; i <= net.blocksPerLevel() + 1; i++) {
            maps = maps.withChannels(maps.channels() + kept.pop().channels());
            add(block(chain(), "up." + level + "." + i, level), Role.UP);
        }
        if (level > 1) {
            add(chain().upsample().convolve("up." + level + ".double", SAME, maps.channels()), Role.PLAIN);
        }
    }

    List<Unit> end(int outputs) {
        add(chain().norm("norm", Activation.SILU).withInit(Init.ZEROS).convolve("out", SAME, outputs), Role.PLAIN);
        return units;
    }

    private ConvNet block(ConvNet chain, String name, int level) {
        ConvNet longer = residual(chain, name, net.channels(level));
        return level == net.attentionLevel() ? longer.attention(name + ".attention") : longer;
    }

    private ConvNet residual(ConvNet chain, String name, int outputs) {
        return chain.residual(name, branch -> {
            ConvNet first = branch.norm(name + ".norm1", Activation.SILU).convolve(name + ".conv1", SAME, outputs);
            ConvNet told = this.told
                    ? first.condition(name + ".condition", net.embedding().width())
                    : first;
            return told.norm(name + ".norm2", Activation.SILU)
                    .withInit(Init.ZEROS)
                    .convolve(name + ".conv2", SAME, outputs);
        });
    }
}
