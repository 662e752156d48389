/** Studies, features, tokenizers, probes and training on the executors of an Apache Spark cluster. */
@NullMarked
package org.ldae.spark;

import org.jspecify.annotations.NullMarked;
