package dev.tidemill.connectors.iceberg;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.Columns;
import dev.tidemill.foundation.batch.Selection;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.storage.table.BatchReader;
import dev.tidemill.storage.table.SkippedReads;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Rows of a data file as rows of the table: without those that are gone, columns put in place. */
final class TableFileReader implements BatchReader {
  private final BatchReader rows;
  private final List<FileLayout.Part> parts;
  private final DeletedRows.Loaded deleted;
  private final MemoryScope scope;

  /** Takes {@code rows} and {@code deleted} over. */
  TableFileReader(
      BatchReader rows,
      List<FileLayout.Part> parts,
      DeletedRows.Loaded deleted,
      MemoryScope scope) {
    this.rows = rows;
    this.parts = parts;
    this.deleted = deleted;
    this.scope = scope;
  }

  @Override
  public @Nullable Batch next() {
    for (Batch read = rows.next(); read != null; read = rows.next()) {
      try (Batch batch = read) {
        Selection kept = kept(batch);
        if (kept == null || kept.count() > 0) {
          return arranged(batch, kept);
        }
      }
    }
    return null;
  }

  /** The rows that are not gone, or null for all. */
  private @Nullable Selection kept(Batch batch) {
    if (deleted == DeletedRows.Loaded.NONE) {
      return batch.selection();
    }
    int[] kept = new int[batch.rowCount()];
    int count = 0;
    for (int i = 0; i < batch.rowCount(); i++) {
      int row = batch.row(i);
      if (!deleted.isDeleted(rows.positionOf(row), batch, row)) {
        kept[count++] = row;
      }
    }
    return count == batch.length() ? null : new Selection(Arrays.copyOf(kept, count), count);
  }

  private Batch arranged(Batch batch, @Nullable Selection kept) {
    List<Column> columns = new ArrayList<>();
    try {
      for (FileLayout.Part part : parts) {
        columns.add(
            switch (part) {
              case FileLayout.Part.Read p -> batch.column(p.index()).retain();
              case FileLayout.Part.Constant p ->
                  p.value() == null
                      ? Columns.nulls(p.type(), batch.length(), scope)
                      : Columns.constant(p.type(), p.value(), batch.length(), scope);
            });
      }
    } catch (RuntimeException | Error e) {
      columns.forEach(Column::close);
      throw e;
    }
    return new Batch(batch.length(), columns, kept, null);
  }

  @Override
  public long positionOf(int row) {
    return rows.positionOf(row);
  }

  @Override
  public long bytesRead() {
    return rows.bytesRead();
  }

  @Override
  public SkippedReads skipped() {
    return rows.skipped();
  }

  @Override
  public void close() {
    try (rows;
        deleted) {
      return;
    }
  }
}
