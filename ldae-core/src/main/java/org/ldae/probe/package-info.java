/** Probes that measure a representation: linear solvers, nearest neighbours, scores. */
@NullMarked
package org.ldae.probe;

import org.jspecify.annotations.NullMarked;
