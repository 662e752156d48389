/** Vision transformers: the networks that read and predict tokens. */
@NullMarked
package org.ldae.transformer;

import org.jspecify.annotations.NullMarked;
