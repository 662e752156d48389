/** What an encoder's features are worth, beside controls under the same readout. */
@NullMarked
package org.ldae.evaluation;

import org.jspecify.annotations.NullMarked;
