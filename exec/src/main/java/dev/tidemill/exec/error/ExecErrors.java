package dev.tidemill.exec.error;

import dev.tidemill.foundation.error.ErrorCode;
import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.batch.OutputColumn;
import java.util.List;
import java.util.stream.Collectors;

/** What can go wrong while a plan runs, but for what its expressions throw. */
public final class ExecErrors {
  private static final ErrorCode QUERY_CANCELLED = ErrorCode.user("QUERY_CANCELLED", "57014");
  private static final ErrorCode EXECUTOR_CLOSED = ErrorCode.user("ENGINE_CLOSED", "08003");
  private static final ErrorCode NUMERIC_OVERFLOW = ErrorCode.user("AGGREGATE_OVERFLOW", "22003");
  private static final ErrorCode MATCH_TOO_AMBIGUOUS = ErrorCode.resource("MATCH_TOO_AMBIGUOUS");
  private static final ErrorCode MATCH_SKIP = ErrorCode.user("MATCH_SKIP", "22000");
  private static final ErrorCode MORE_THAN_ONE_ROW =
      ErrorCode.user("SUBQUERY_MORE_THAN_ONE_ROW", "21000");
  private static final ErrorCode TIME_OUT_OF_RANGE =
      ErrorCode.user("WINDOW_TIME_OUT_OF_RANGE", "22008");
  private static final ErrorCode UNSUPPORTED_WINDOW =
      ErrorCode.user("UNSUPPORTED_WINDOW_SIZE", "0A000");
  private static final ErrorCode INVALID_BUCKETS = ErrorCode.user("INVALID_NTILE", "22014");
  private static final ErrorCode LIST_TOO_LONG = ErrorCode.user("LIST_TOO_LONG", "22001");
  private static final ErrorCode INVALID_NTH = ErrorCode.user("INVALID_NTH_VALUE", "22016");
  private static final ErrorCode INVALID_OFFSET = ErrorCode.user("INVALID_LAG_OFFSET", "22003");
  private static final ErrorCode INVALID_FRAME = ErrorCode.user("INVALID_WINDOW_FRAME", "22013");
  private static final ErrorCode UNSUPPORTED_RANGE =
      ErrorCode.user("UNSUPPORTED_RANGE_FRAME", "0A000");
  private static final ErrorCode UNSUPPORTED_AGGREGATE =
      ErrorCode.user("UNSUPPORTED_AGGREGATE", "0A000");
  private static final ErrorCode TABLE_CHANGED = ErrorCode.user("TABLE_COLUMN_GONE", "42703");
  private static final ErrorCode TOO_MANY_ROWS = ErrorCode.resource("OPERATOR_ROW_LIMIT_EXCEEDED");
  private static final ErrorCode HEAP_EXHAUSTED = ErrorCode.resource("HEAP_EXHAUSTED");
  private static final ErrorCode RECURSION_LIMIT =
      ErrorCode.user("RECURSION_LIMIT_EXCEEDED", "54001");
  private static final ErrorCode INTERNAL_ERROR = ErrorCode.internal("INTERNAL_EXECUTION_ERROR");

  private ExecErrors() {}

  public static TidemillException cancelled() {
    return new TidemillException(QUERY_CANCELLED, "the query was cancelled");
  }

  public static TidemillException closed() {
    return new TidemillException(
        EXECUTOR_CLOSED, "the engine has been closed; open it again to run queries");
  }

  public static TidemillException sumOverflow(String call, Type type) {
    return new TidemillException(
        NUMERIC_OVERFLOW,
        "%s does not fit %s. Cast the argument to a wider type, or to DOUBLE"
            .formatted(call, type));
  }

  public static TidemillException recursionLimit(List<OutputColumn> columns, long rounds) {
    return new TidemillException(
        RECURSION_LIMIT,
        "the recursive query of columns %s has not ended after %d rounds. Add a condition that ends it, use UNION in place of UNION ALL, or raise the bound: SET max_recursion = %d"
            .formatted(
                columns.stream().map(OutputColumn::name).collect(Collectors.joining(", ")),
                rounds,
                rounds > Long.MAX_VALUE / 10 ? rounds : rounds * 10));
  }

  public static TidemillException moreThanOneRow() {
    return new TidemillException(
        MORE_THAN_ONE_ROW,
        "a subquery used as a value must give at most one row but gave more. Add LIMIT 1, or an aggregate");
  }

  public static TidemillException windowTimeOutOfRange(String column, Object time) {
    return new TidemillException(
        TIME_OUT_OF_RANGE,
        "the time windows around %s = %s are beyond the range of its type".formatted(column, time));
  }

  public static TidemillException unsupportedWindow(long millis, Type type) {
    return new TidemillException(
        UNSUPPORTED_WINDOW,
        "time windows of %d ms are not supported over a column of %s, which counts whole seconds"
            .formatted(millis, type));
  }

  public static TidemillException listTooLong(long bytes) {
    return new TidemillException(
        LIST_TOO_LONG, "the text of LISTAGG would have more than " + bytes + " bytes");
  }

  public static TidemillException matchTooAmbiguous(int ways) {
    return new TidemillException(
        MATCH_TOO_AMBIGUOUS,
        ("MATCH_RECOGNIZE has tried %d ways to match the rows from one on and found none. Make the"
                + " pattern less ambiguous, or DEFINE its variables without aggregates and CLASSIFIER")
            .formatted(ways));
  }

  public static TidemillException skipTarget(String variables, boolean isMissing) {
    return new TidemillException(
        MATCH_SKIP,
        isMissing
            ? "AFTER MATCH SKIP TO %s, but a match has no row of it".formatted(variables)
            : "AFTER MATCH SKIP TO %s would go to the first row of the match again, for ever"
                .formatted(variables));
  }

  public static TidemillException invalidBuckets(long buckets) {
    return new TidemillException(
        INVALID_BUCKETS, "NTILE needs a number of buckets above 0 but got " + buckets);
  }

  public static TidemillException invalidNth(long n) {
    return new TidemillException(INVALID_NTH, "NTH_VALUE needs a row number above 0 but got " + n);
  }

  public static TidemillException invalidOffset(String function, long offset) {
    return new TidemillException(
        INVALID_OFFSET, function + " needs an offset of 0 or more but got " + offset);
  }

  public static TidemillException invalidFrame(Object distance) {
    return new TidemillException(
        INVALID_FRAME,
        "the distance of PRECEDING or FOLLOWING must be neither NULL nor negative but is "
            + distance);
  }

  public static TidemillException unsupportedRange(Type type) {
    return new TidemillException(
        UNSUPPORTED_RANGE,
        "RANGE with a distance is not supported over a column of %s; over numbers, dates and times it is"
            .formatted(type));
  }

  public static TidemillException unsupportedAggregate(String call, Type type) {
    return new TidemillException(
        UNSUPPORTED_AGGREGATE, "%s is not supported over a column of %s".formatted(call, type));
  }

  public static TidemillException columnGone(String table, String column) {
    return new TidemillException(
        TABLE_CHANGED,
        "table %s has no column %s any more: it has changed since the query was planned. Plan the query again"
            .formatted(table, column));
  }

  public static TidemillException tooManyRows(String operator, long rows) {
    return new TidemillException(
        TOO_MANY_ROWS,
        "%s holds %d rows, more than one operator can (2147483632). Filter or aggregate first"
            .formatted(operator, rows));
  }

  public static TidemillException heapExhausted(OutOfMemoryError cause) {
    return new TidemillException(
        HEAP_EXHAUSTED,
        "the JVM's heap is exhausted (%s). Give the process a larger one, or the query fewer rows"
            .formatted(cause.getMessage()),
        null,
        cause);
  }

  /**
   * A linear operator passes weights on; any other that is given some has been put in the wrong
   * place.
   */
  public static TidemillException weightedInput(String operator) {
    return new TidemillException(
        INTERNAL_ERROR, operator + " was given rows with weights, which it cannot take");
  }

  /** A plan that breaks the contract of its records. */
  public static TidemillException brokenPlan(String what) {
    return new TidemillException(INTERNAL_ERROR, "not a valid plan: " + what);
  }

  /** Whatever a worker threw, as the one exception there is. */
  public static TidemillException wrap(Throwable thrown) {
    if (thrown instanceof TidemillException known) {
      return known;
    }
    if (thrown instanceof OutOfMemoryError memory) {
      return heapExhausted(memory);
    }
    return new TidemillException(INTERNAL_ERROR, "internal error: " + thrown, null, thrown);
  }
}
