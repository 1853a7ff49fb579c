package dev.tidemill.jdbc;

import dev.tidemill.jdbc.spi.ColumnDescription;
import dev.tidemill.jdbc.spi.DatabaseResult;
import dev.tidemill.jdbc.spi.Page;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Rows that the driver has itself: metadata, the elements of an array. */
final class StoredResult implements DatabaseResult {
  private final List<ColumnDescription> columns;
  private final String timeZone;
  private @Nullable Page page;

  StoredResult(
      List<ColumnDescription> columns, List<? extends List<? extends @Nullable Object>> rows) {
    this(columns, rows, "UTC");
  }

  StoredResult(
      List<ColumnDescription> columns,
      List<? extends List<? extends @Nullable Object>> rows,
      String timeZone) {
    this.timeZone = timeZone;
    this.columns = List.copyOf(columns);
    this.page = rows.isEmpty() ? null : Page.of(rows);
  }

  @Override
  public boolean hasRows() {
    return true;
  }

  @Override
  public List<ColumnDescription> columns() {
    return columns;
  }

  @Override
  public long updateCount() {
    return -1;
  }

  @Override
  public String timeZone() {
    return timeZone;
  }

  @Override
  public List<String> warnings() {
    return List.of();
  }

  @Override
  public @Nullable Page next(int maxRows) {
    Page all = page;
    page = null;
    return all;
  }

  @Override
  public void close() {
    page = null;
  }
}
