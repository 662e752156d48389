/** What a network predicts and how its errors are counted: one file for each objective. */
@NullMarked
package org.ldae.objective;

import org.jspecify.annotations.NullMarked;
