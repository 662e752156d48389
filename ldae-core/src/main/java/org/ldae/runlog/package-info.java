/** What a run tells while it goes on, as files that other tools draw: TensorBoard's events, CSV, JSON lines. */
@NullMarked
package org.ldae.runlog;

import org.jspecify.annotations.NullMarked;
