/**
 * The linear operators, which pass weights on: filter, projection, UNION ALL and time windows. They
 * work row by row and keep nothing, so that standing queries run them over deltas as they are.
 */
@NullMarked
package dev.tidemill.exec.linear;

import org.jspecify.annotations.NullMarked;
