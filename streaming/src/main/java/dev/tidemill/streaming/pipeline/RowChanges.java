package dev.tidemill.streaming.pipeline;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.row.EncodedRows;
import dev.tidemill.foundation.row.RowBytes;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Rows with their weights summed up: a consolidated delta. In the order in which rows first came.
 */
final class RowChanges {
  /** What an entry costs on the heap beside its bytes, about. */
  private static final long ENTRY_BYTES = 112;

  interface Consumer {
    void accept(byte[] row, long weight);
  }

  private final RowFormat format;
  private final Map<RowBytes, Long> rows = new LinkedHashMap<>();
  private final EncodedRows encoded = new EncodedRows();
  private final Step step;

  /** Charged to {@code step}. */
  RowChanges(RowFormat format, Step step) {
    this.format = format;
    this.step = step;
  }

  /** Adds the rows of a batch, {@code sign} times their weights. */
  void add(Batch batch, long sign) {
    format.encode(batch, encoded);
    for (int i = 0; i < batch.rowCount(); i++) {
      add(encoded.key(i), Math.multiplyExact(sign, batch.weightAt(batch.row(i))));
    }
  }

  void add(byte[] row, long weight) {
    int before = rows.size();
    if (weight != 0) {
      rows.merge(new RowBytes(row), weight, Math::addExact);
    }
    if (rows.size() > before) {
      step.charge(row.length + ENTRY_BYTES);
    }
  }

  /** The rows whose weight is not 0. */
  void forEach(Consumer consumer) {
    rows.forEach(
        (row, weight) -> {
          if (weight != 0) {
            consumer.accept(row.value(), weight);
          }
        });
  }

  /** The rows whose weight is not 0 as batches, the caller's to close. */
  List<Batch> batches() {
    try (RowFormat.Collector collector = format.deltas(step.memory(), rows.size())) {
      forEach(collector::add);
      return collector.batches();
    }
  }
}
