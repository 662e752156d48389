/**
 * What docs/reliability.md tells: damaged files, kills, full disks, threads and long runs, each a program, and a short form of it
 * among the tests.
 */
@NullMarked
package org.ldae.campaign;

import org.jspecify.annotations.NullMarked;
