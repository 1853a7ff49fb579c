package dev.tidemill.storage.files;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.Columns;
import dev.tidemill.foundation.batch.Selection;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.ArrowTypes;
import dev.tidemill.storage.table.BatchReader;
import dev.tidemill.storage.table.SkippedReads;
import dev.tidemill.storage.table.StagedReader;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.vector.types.pojo.Field;
import org.jspecify.annotations.Nullable;

/** The rows of a file with the columns that its path gives, which have one value. */
final class PartitionedReader implements BatchReader {
  private final BatchReader file;
  private final int[] places;
  private final List<Field> fields;
  private final List<@Nullable Object> values;
  private final MemoryScope scope;

  /**
   * @param places of each column the place among those of the file, or {@code -1 - n} for the
   *     {@code n}-th of {@code fields}
   * @param values of {@code fields}
   */
  PartitionedReader(
      BatchReader file,
      int[] places,
      List<Field> fields,
      List<@Nullable Object> values,
      MemoryScope scope) {
    this.file = file;
    this.places = places;
    this.fields = fields;
    this.values = values;
    this.scope = scope;
  }

  @Override
  public @Nullable Batch next() {
    try (Batch read = file.next()) {
      if (read == null) {
        return null;
      }
      List<Column> columns = new ArrayList<>();
      try {
        for (int place : places) {
          columns.add(
              place >= 0 ? read.column(place).retain() : constant(-1 - place, read.length()));
        }
        return read.withColumns(columns);
      } catch (RuntimeException | Error e) {
        columns.forEach(Column::close);
        throw e;
      }
    }
  }

  private Column constant(int number, int rows) {
    return Columns.constant(ArrowTypes.type(fields.get(number)), values.get(number), rows, scope);
  }

  @Override
  public @Nullable StagedReader staged() {
    StagedReader staged = file.staged();
    return staged == null ? null : new Staged(staged);
  }

  /** As the file is read in stages, so are its rows here. */
  private final class Staged implements StagedReader {
    private final StagedReader staged;
    private int rows;

    Staged(StagedReader staged) {
      this.staged = staged;
    }

    @Override
    public int advance() {
      rows = staged.advance();
      return rows;
    }

    @Override
    public Column read(int column, @Nullable Selection selection) {
      int place = places[column];
      return place >= 0
          ? staged.read(place, selection)
          : constant(-1 - place, selection == null ? rows : selection.count());
    }
  }

  @Override
  public long rejectedRows() {
    return file.rejectedRows();
  }

  @Override
  public long bytesRead() {
    return file.bytesRead();
  }

  @Override
  public SkippedReads skipped() {
    return file.skipped();
  }

  @Override
  public void close() {
    file.close();
  }
}
