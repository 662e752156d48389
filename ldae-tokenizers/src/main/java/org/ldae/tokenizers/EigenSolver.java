package org.ldae.tokenizers;

/** Which code finds the eigenvectors of a covariance matrix; all agree to rounding error. */
public enum EigenSolver {

    /** {@link #LAPACK} where it is there, else {@link #PORTABLE}. */
    AUTO,

    /** Commons Math, in Java: always there, seconds for 768 dimensions. */
    PORTABLE,

    /** The OpenBLAS that ND4J's native backend brings: tenths of a second for 768 dimensions. */
    LAPACK
}
