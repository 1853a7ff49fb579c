package dev.tidemill.storage.table;

import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.Selection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A condition on one stored column. Values are objects of the class that {@code Type} names for the
 * column's type, never null. Rows where the condition is NULL do not pass.
 */
public sealed interface ColumnFilter {
  /** Name of the stored column. */
  String column();

  /** {@code column operator value}. */
  record Comparison(String column, Operator operator, Object value) implements ColumnFilter {}

  enum Operator {
    EQUAL,
    NOT_EQUAL,
    LESS,
    LESS_OR_EQUAL,
    GREATER,
    GREATER_OR_EQUAL
  }

  /** {@code column} between bounds, each of which may be missing. */
  record Range(
      String column,
      @Nullable Object low,
      boolean lowInclusive,
      @Nullable Object high,
      boolean highInclusive)
      implements ColumnFilter {}

  /** {@code column IN (values)}. */
  record In(String column, List<Object> values) implements ColumnFilter {
    public In {
      values = List.copyOf(values);
    }
  }

  /** {@code column IS NULL}, or IS NOT NULL. */
  record NullTest(String column, boolean isNull) implements ColumnFilter {}

  /** A VARCHAR that starts with {@code prefix}. */
  record Prefix(String column, String prefix) implements ColumnFilter {}

  /**
   * Anything else that exec can evaluate over a column of values or over a dictionary's entries.
   */
  record Opaque(String column, Evaluator evaluator) implements ColumnFilter {}

  /** Supplied by exec; thread-safe. */
  interface Evaluator {
    /** The rows of {@code values} that pass, ascending. */
    Selection test(Column values);

    /** Whether a NULL passes. */
    boolean acceptsNull();
  }
}
