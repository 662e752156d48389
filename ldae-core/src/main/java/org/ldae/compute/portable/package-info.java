/** Kernels made of ND4J operations only, which run on every backend: the reference for all others. For the compute floor only. */
@NullMarked
package org.ldae.compute.portable;

import org.jspecify.annotations.NullMarked;
