/**
 * Random queries over random tables, which must give the same in every way Tidemill can run them
 * and in DuckDB. Start with {@link dev.tidemill.testing.random.RandomQueriesTest}; {@link
 * dev.tidemill.testing.random.QueryGenerator} says what is asked (with a generator of its own for
 * what stands in FROM, for subqueries, aggregates, windows and calls of functions), {@link
 * dev.tidemill.testing.random.Trial} what is compared, {@link dev.tidemill.testing.random.Shrinker}
 * makes a failure small. What comes late is the subject of {@link
 * dev.tidemill.testing.random.RandomTimesTest}.
 */
@NullMarked
package dev.tidemill.testing.random;

import org.jspecify.annotations.NullMarked;
