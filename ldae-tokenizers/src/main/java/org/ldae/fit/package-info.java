/** Training by gradient with early stopping, for what a recipe trains before its network: tokenizers, feature nets. */
@NullMarked
package org.ldae.fit;

import org.jspecify.annotations.NullMarked;
