/** What the encoder is compared with: the same network trained with labels, from scratch or from weights, and a patch dictionary. */
@NullMarked
package org.ldae.baselines;

import org.jspecify.annotations.NullMarked;
