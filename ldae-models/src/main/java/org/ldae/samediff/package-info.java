/** Networks built as graphs of ND4J, which finds their gradients: the quick way to try one. */
@NullMarked
package org.ldae.samediff;

import org.jspecify.annotations.NullMarked;
