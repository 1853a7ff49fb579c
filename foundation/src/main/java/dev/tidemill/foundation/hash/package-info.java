/**
 * The hash of values and rows, specified bit for bit: key groups of stored state depend on it.
 * Start with {@link dev.tidemill.foundation.hash.Hash}.
 */
@NullMarked
package dev.tidemill.foundation.hash;

import org.jspecify.annotations.NullMarked;
