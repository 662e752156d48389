/** What the encoder is compared with: the same network trained with labels or by contrast, and a patch dictionary. */
@NullMarked
package org.ldae.baselines;

import org.jspecify.annotations.NullMarked;
