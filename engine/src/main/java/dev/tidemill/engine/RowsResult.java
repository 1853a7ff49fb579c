package dev.tidemill.engine;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Batches;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.plan.batch.OutputColumn;
import java.util.List;
import java.util.regex.Pattern;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/** A few rows that are there already: what SHOW, DESCRIBE and EXPLAIN give. */
final class RowsResult implements Result {
  private final String tag;
  private final List<OutputColumn> columns;
  private final List<? extends List<? extends @Nullable Object>> rows;
  private final MemoryScope memory;
  private final List<String> warnings;
  private int next;

  /**
   * @param rows objects of the classes that the columns' types name
   */
  RowsResult(
      String tag,
      List<OutputColumn> columns,
      List<? extends List<? extends @Nullable Object>> rows,
      MemoryScope memory) {
    this(tag, columns, rows, memory, List.of());
  }

  /** The same with what the user should know. */
  RowsResult(
      String tag,
      List<OutputColumn> columns,
      List<? extends List<? extends @Nullable Object>> rows,
      MemoryScope memory,
      List<String> warnings) {
    this.warnings = List.copyOf(warnings);
    this.tag = tag;
    this.columns = columns;
    this.rows = rows;
    this.memory = memory;
  }

  /** The rows whose first column is like the pattern in any case; {@code *} is {@code %}, too. */
  RowsResult named(String pattern) {
    StringBuilder regex = new StringBuilder();
    for (int i = 0; i < pattern.length(); i++) {
      char c = pattern.charAt(i);
      regex.append(c == '%' || c == '*' ? ".*" : c == '_' ? "." : Pattern.quote(String.valueOf(c)));
    }
    Pattern like =
        Pattern.compile(
            regex.toString(), Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE | Pattern.DOTALL);
    return new RowsResult(
        tag,
        columns,
        rows.stream().filter(row -> like.matcher(String.valueOf(row.get(0))).matches()).toList(),
        memory,
        warnings);
  }

  @Override
  public Schema schema() {
    return ResultColumns.schema(columns);
  }

  @Override
  public boolean hasRows() {
    return true;
  }

  @Override
  public String tag() {
    return tag;
  }

  @Override
  public List<String> warnings() {
    return warnings;
  }

  @Override
  public long updateCount() {
    return -1;
  }

  @Override
  public @Nullable Batch next() {
    if (next == rows.size()) {
      return null;
    }
    int end = Math.min(rows.size(), next + Batch.MAX_ROWS);
    Batch batch = Batches.fromRows(ResultColumns.types(columns), rows.subList(next, end), memory);
    next = end;
    return batch;
  }

  @Override
  public void close() {}
}
