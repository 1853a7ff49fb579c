/**
 * Rows of standing queries in columns: the values of each column one behind the other by row
 * number, weights beside, keys by dense numbers. What a step changes is remembered until it is
 * committed or undone.
 */
@NullMarked
package dev.tidemill.streaming.rows;

import org.jspecify.annotations.NullMarked;
