package org.ldae.compute.cpu;

import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;

/**
 * A pointer that is set at an element of another, over and over, and so allocates nothing: where JavaCPP doesn't know a pointer's
 * type it takes its position for bytes.
 */
final class Address extends Pointer {

    Address at(FloatPointer element) {
        address = element.address() + Float.BYTES * element.position();
        return this;
    }
}
