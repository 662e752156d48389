/** Kernels for ND4J's native backend: a BLAS called directly and fused loops over host memory. For the compute floor only. */
@NullMarked
package org.ldae.compute.cpu;

import org.jspecify.annotations.NullMarked;
