/** Mains that read like notebooks. */
@NullMarked
package org.ldae.examples;

import org.jspecify.annotations.NullMarked;
