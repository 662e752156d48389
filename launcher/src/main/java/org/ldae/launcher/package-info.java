/** The command {@code ldae}: the examples' mains, and what goes in and out, as sub-commands. */
@NullMarked
package org.ldae.launcher;

import org.jspecify.annotations.NullMarked;
