/** JMH benchmarks of the hot kernels. */
@NullMarked
package org.ldae.bench;

import org.jspecify.annotations.NullMarked;
