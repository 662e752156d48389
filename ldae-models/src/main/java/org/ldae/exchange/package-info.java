/** Weights of others in, ours out: under the names that timm, MAE, Hugging Face and DiT give them. */
@NullMarked
package org.ldae.exchange;

import org.jspecify.annotations.NullMarked;
