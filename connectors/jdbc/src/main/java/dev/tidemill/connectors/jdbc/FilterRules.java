package dev.tidemill.connectors.jdbc;

import dev.tidemill.storage.table.FilterSupport;

/**
 * How far a database's comparisons of a column are the engine's.
 *
 * @param equal of = and IN
 * @param notEqual of &lt;&gt;
 * @param order of &lt;, &lt;=, &gt;, &gt;= and ranges
 * @param prefix of LIKE 'abc%'
 * @param collation what ranges of texts are to be compared with, or an empty text
 */
record FilterRules(
    FilterSupport equal,
    FilterSupport notEqual,
    FilterSupport order,
    FilterSupport prefix,
    String collation) {
  static final FilterRules NONE = same(FilterSupport.NO);

  /** Compares as the engine does. */
  static final FilterRules EXACT =
      new FilterRules(
          FilterSupport.EXACT, FilterSupport.EXACT, FilterSupport.EXACT, FilterSupport.NO, "");

  /** Finds equal whatever the engine finds equal, and perhaps more. */
  static final FilterRules WIDER_EQUAL =
      new FilterRules(
          FilterSupport.PRUNING, FilterSupport.NO, FilterSupport.NO, FilterSupport.NO, "");

  /** Compares as the engine does but for values that the engine treats on its own. */
  static final FilterRules PRUNING =
      new FilterRules(
          FilterSupport.PRUNING, FilterSupport.NO, FilterSupport.PRUNING, FilterSupport.NO, "");

  private static FilterRules same(FilterSupport support) {
    return new FilterRules(support, support, support, support, "");
  }
}
