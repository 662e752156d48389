/** The deconstruction as an experiment: steps, controls and ablations over seeds, saved cell by cell. */
@NullMarked
package org.ldae.study;

import org.jspecify.annotations.NullMarked;
