/**
 * Random queries over random tables, which must give the same in every way Tidemill can run them
 * and in DuckDB. Start with {@link dev.tidemill.testing.random.RandomQueriesTest}; {@link
 * dev.tidemill.testing.random.QueryGenerator} says what is asked, {@link
 * dev.tidemill.testing.random.Trial} what is compared, {@link dev.tidemill.testing.random.Shrinker}
 * makes a failure small.
 */
@NullMarked
package dev.tidemill.testing.random;

import org.jspecify.annotations.NullMarked;
