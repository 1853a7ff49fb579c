package dev.tidemill.exec.scan;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.BatchBuilder;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.storage.table.BatchReader;
import dev.tidemill.storage.table.ValueExtremes;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Two rows in place of all of a table: the least value of each column, and the greatest. */
final class ExtremesReader implements BatchReader {
  private final List<Type> types;
  private final List<ValueExtremes> extremes;
  private final MemoryScope memory;
  private boolean ended;

  ExtremesReader(List<Type> types, List<ValueExtremes> extremes, MemoryScope memory) {
    this.types = types;
    this.extremes = extremes;
    this.memory = memory;
  }

  @Override
  public @Nullable Batch next() {
    if (ended) {
      return null;
    }
    ended = true;
    try (BatchBuilder builder = BatchBuilder.of(types, memory, 2)) {
      builder.appendRow(extremes.stream().map(ValueExtremes::least).toArray());
      builder.appendRow(extremes.stream().map(ValueExtremes::greatest).toArray());
      return builder.build();
    }
  }

  @Override
  public void close() {}
}
