package dev.tidemill.jdbc.service;

import dev.tidemill.engine.Result;
import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.type.ArrowTypes;
import dev.tidemill.jdbc.spi.ColumnDescription;
import dev.tidemill.jdbc.spi.ColumnType;
import dev.tidemill.jdbc.spi.DatabaseException;
import dev.tidemill.jdbc.spi.DatabaseResult;
import dev.tidemill.jdbc.spi.Page;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/**
 * Batches of an engine's result as pages of objects. Where rows come and go (EMIT CHANGES) a column
 * {@code weight} stands before the others.
 */
final class EngineResult implements DatabaseResult {
  private static final ColumnDescription WEIGHT =
      new ColumnDescription("weight", ColumnType.parse("BIGINT"), false);

  private final EngineSession session;
  private final Result result;
  private final List<ColumnDescription> columns;
  private @Nullable Batch batch;
  private int nextRow;
  private volatile boolean closed;

  /** Takes over the result. */
  EngineResult(EngineSession session, Result result) {
    this.session = session;
    this.result = result;
    this.columns = columns(result.schema(), result.hasWeights());
    session.opened(this);
  }

  static List<ColumnDescription> columns(Schema schema, boolean weights) {
    List<ColumnDescription> columns = new ArrayList<>();
    if (weights) {
      columns.add(WEIGHT);
    }
    for (Field field : schema.getFields()) {
      ColumnType type = ColumnType.parse(ArrowTypes.type(field).sql());
      columns.add(new ColumnDescription(field.getName(), type, field.isNullable()));
    }
    return columns;
  }

  @Override
  public boolean hasRows() {
    return result.hasRows();
  }

  @Override
  public List<ColumnDescription> columns() {
    return columns;
  }

  @Override
  public long updateCount() {
    return result.updateCount();
  }

  @Override
  public String timeZone() {
    return result.timeZone().getId();
  }

  @Override
  public List<String> warnings() {
    return result.warnings();
  }

  @Override
  public @Nullable Page next(int maxRows) throws DatabaseException {
    try {
      Batch rows = batch;
      while (rows == null || nextRow == rows.rowCount()) {
        closeBatch();
        rows = result.next();
        if (rows == null) {
          return null;
        }
        batch = rows;
        nextRow = 0;
      }
      int left = rows.rowCount() - nextRow;
      int count = maxRows == 0 ? left : Math.min(left, maxRows);
      Page page = page(rows, nextRow, count);
      nextRow += count;
      return page;
    } catch (RuntimeException | LinkageError e) {
      throw ServiceErrors.of(e);
    }
  }

  private Page page(Batch batch, int from, int count) {
    @Nullable Object[][] rows = new Object[count][columns.size()];
    int first = columns.size() - batch.columnCount();
    for (int i = 0; i < count && first > 0; i++) {
      rows[i][0] = batch.weightAt(batch.row(from + i));
    }
    for (int c = 0; c < batch.columnCount(); c++) {
      Column column = batch.column(c);
      for (int i = 0; i < count; i++) {
        rows[i][first + c] = column.value(batch.row(from + i));
      }
    }
    return new Page(rows);
  }

  private void closeBatch() {
    Batch old = batch;
    batch = null;
    if (old != null) {
      old.close();
    }
  }

  @Override
  public void close() throws DatabaseException {
    if (closed) {
      return;
    }
    closed = true;
    session.closed(this);
    try (result) {
      closeBatch();
    } catch (RuntimeException | LinkageError e) {
      throw ServiceErrors.of(e);
    }
  }
}
