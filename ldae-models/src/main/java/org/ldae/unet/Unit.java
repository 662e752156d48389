package org.ldae.unet;

import org.ldae.nn.conv.ConvNet;

/** A chain of layers between two places where the way through a UNet forks or joins. */
record Unit(ConvNet net, Role role) {

    /** What becomes of its maps. */
    enum Role {
        /** They wait for the way up. */
        ENTRY(false, false, true),
        /** They wait for the way up, and are features. */
        DOWN(true, false, true),
        /** They are features. */
        MIDDLE(true, false, false),
        /** It reads the last maps that wait beside those before it; its own are features. */
        UP(true, true, false),
        /** They go on only. */
        PLAIN(false, false, false);

        private final boolean block;
        private final boolean joins;
        private final boolean kept;

        Role(boolean block, boolean joins, boolean kept) {
            this.block = block;
            this.joins = joins;
            this.kept = kept;
        }

        /** Whether it is counted among the blocks. */
        boolean block() {
            return block;
        }

        boolean joins() {
            return joins;
        }

        boolean kept() {
            return kept;
        }
    }
}
