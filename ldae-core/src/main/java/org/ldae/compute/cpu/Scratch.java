package org.ldae.compute.cpu;

import org.jspecify.annotations.Nullable;
import org.ldae.compute.Tensor;

/** Memory of one kernel that grows to the largest size it was asked for. */
final class Scratch {

    private @Nullable Tensor memory;

    /** One row of at least so many numbers; what it held before is lost when it grows. */
    Tensor room(int size) {
        Tensor current = memory;
        if (current == null || current.size() < size) {
            if (current != null) {
                current.close();
            }
            current = Tensor.zeros(1, size);
            memory = current;
        }
        return current;
    }
}
