/**
 * MATCH_RECOGNIZE: {@link dev.tidemill.exec.match.MatchOperator} sorts rows by partition and order
 * as windows do; {@link dev.tidemill.exec.match.PatternMatcher} finds the matches of a compiled
 * pattern one by one, asking {@link dev.tidemill.exec.match.MatchConditions} of rows, and {@link
 * dev.tidemill.exec.match.MatchOutput} makes rows of them.
 */
@NullMarked
package dev.tidemill.exec.match;

import org.jspecify.annotations.NullMarked;
