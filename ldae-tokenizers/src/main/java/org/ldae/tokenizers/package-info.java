/**
 * What a tokenizer is, and what tokenizers share; the tokenizers themselves are in {@code linear} and {@code conv}.
 */
@NullMarked
package org.ldae.tokenizers;

import org.jspecify.annotations.NullMarked;
