/** Convolutional networks trained with labels: what perceptual losses and distances between image sets compare. */
@NullMarked
package org.ldae.perceptual;

import org.jspecify.annotations.NullMarked;
