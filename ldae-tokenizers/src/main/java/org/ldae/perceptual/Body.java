package org.ldae.perceptual;

import java.util.List;
import org.ldae.compute.MapShape;
import org.ldae.nn.conv.ConvNet;

/** Layout of a feature net: its stages, each of which ends in a feature map, and what it reads. */
interface Body {

    /** Channels of the images it reads. */
    int channels();

    /** Classes its head tells apart, 0 if it has no head. */
    int classes();

    /** The stages over images of some sides; each reads what the one before makes. */
    List<ConvNet> stages(MapShape image);

    /** Sides that every layout accepts, for what doesn't depend on them. */
    default MapShape anyImage() {
        return new MapShape(64, 64, channels());
    }

    /** Channels of the last feature map. */
    default int features() {
        List<ConvNet> stages = stages(anyImage());
        return stages.get(stages.size() - 1).output().channels();
    }

    /** What pixels in [-1, 1] are multiplied by before the first stage, channel by channel. */
    float[] scale();

    /** What is added to them then. */
    float[] shift();

    /** For nets that were trained on ImageNet's moments: x/255 less (.485, .456, .406), over (.229, .224, .225). */
    interface ImageNetPixels extends Body {

        @Override
        default int channels() {
            return 3;
        }

        @Override
        default float[] scale() {
            return new float[] {0.5f / 0.229f, 0.5f / 0.224f, 0.5f / 0.225f};
        }

        @Override
        default float[] shift() {
            return new float[] {(0.5f - 0.485f) / 0.229f, (0.5f - 0.456f) / 0.224f, (0.5f - 0.406f) / 0.225f};
        }
    }
}
