/** Checkpoints as safetensors files. */
@NullMarked
package org.ldae.checkpoint;

import org.jspecify.annotations.NullMarked;
