package org.ldae.linalg;

/** Which code finds the eigenvectors of a covariance matrix; all agree to rounding error. */
public enum EigenSolver {

    /** {@link #LAPACK} where it is there and its result passes a check, else {@link #PORTABLE}. */
    AUTO,

    /** Commons Math, in Java: always there, some seconds for 768 dimensions. */
    PORTABLE,

    /** The OpenBLAS that ND4J's native backend brings: some twenty times faster. */
    LAPACK
}
