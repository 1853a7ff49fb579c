/**
 * The kill test: standing queries in a process of their own, which is killed at random moments and
 * at chosen calls of the file system, started again, and in the end compared with the batch answer
 * over the same input. {@link KillTest} is where to start reading.
 */
@NullMarked
package dev.tidemill.benchmarks.killtest;

import org.jspecify.annotations.NullMarked;
