package dev.tidemill.streaming.aggregate;

import dev.tidemill.exec.user.ArgumentRow;
import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.Columns;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.row.EncodedRows;
import dev.tidemill.foundation.row.RowCodec;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The arguments of a call in one batch: as plain columns and, for who compares or keeps them, as
 * bytes.
 */
final class Argument implements AutoCloseable {
  private final Batch batch;
  private final RowCodec codec;
  private final List<Column> columns = new ArrayList<>();
  private @Nullable EncodedRows encoded;
  private @Nullable ArgumentRow asRow;

  /** Borrows the batch. */
  Argument(Batch batch, List<Integer> arguments, RowCodec codec, MemoryScope memory) {
    this.batch = batch;
    this.codec = codec;
    try {
      for (int argument : arguments) {
        columns.add(Columns.decode(batch.column(argument), memory));
      }
    } catch (Throwable t) {
      close();
      throw t;
    }
  }

  /** The first argument, without a dictionary. */
  Column column() {
    return columns.get(0);
  }

  /** The second argument, without a dictionary. */
  Column secondColumn() {
    return columns.get(1);
  }

  boolean hasNull(int row) {
    for (Column column : columns) {
      if (column.isNull(row)) {
        return true;
      }
    }
    return false;
  }

  /** The arguments for a function of users. */
  ArgumentRow asRow() {
    ArgumentRow row = asRow;
    if (row == null) {
      row = ArgumentRow.of(columns);
      asRow = row;
    }
    return row;
  }

  /** All arguments; row i is {@code batch.row(i)}. */
  EncodedRows encoded() {
    EncodedRows rows = encoded;
    if (rows == null) {
      rows = new EncodedRows();
      codec.encode(columns, batch.selection(), batch.length(), rows);
      encoded = rows;
    }
    return rows;
  }

  @Override
  public void close() {
    columns.forEach(Column::close);
  }
}
