package dev.tidemill.storage.print;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.storage.table.Advance;
import dev.tidemill.storage.table.BatchReader;
import dev.tidemill.storage.table.InputKind;
import dev.tidemill.storage.table.Offset;
import dev.tidemill.storage.table.RowOperation;
import dev.tidemill.storage.table.ScanRequest;
import dev.tidemill.storage.table.SinkMode;
import dev.tidemill.storage.table.Split;
import dev.tidemill.storage.table.Table;
import dev.tidemill.storage.table.TableSink;
import dev.tidemill.storage.table.TableStatistics;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.arrow.vector.types.pojo.Schema;

/** A table that takes rows and has none: reading it gives nothing. */
final class WriteOnlyTable implements Table {
  private static final Offset NOWHERE = new Offset("0");

  private final Schema schema;
  private final RowConsumer consumer;
  private final Map<String, Long> lastSteps = new ConcurrentHashMap<>();

  /** What becomes of the rows. */
  interface RowConsumer {
    void accept(Batch rows, RowOperation operation, SinkMode mode);
  }

  WriteOnlyTable(Schema schema, RowConsumer consumer) {
    this.schema = schema;
    this.consumer = consumer;
  }

  @Override
  public Schema schema() {
    return schema;
  }

  @Override
  public InputKind inputKind() {
    return InputKind.GROWING;
  }

  @Override
  public TableStatistics statistics() {
    return new TableStatistics(0, 0, Map.of());
  }

  @Override
  public Offset start() {
    return NOWHERE;
  }

  @Override
  public Offset end() {
    return NOWHERE;
  }

  @Override
  public Advance advance(Offset from, long maxRows) {
    return new Advance(NOWHERE, 0, true, false);
  }

  @Override
  public List<Split> splits(ScanRequest request) {
    return List.of();
  }

  @Override
  public BatchReader open(Split split, ScanRequest request, MemoryScope scope) {
    throw new IllegalArgumentException("no split of this table: " + split);
  }

  @Override
  public Set<SinkMode> sinkModes() {
    return Set.of(SinkMode.values());
  }

  @Override
  public TableSink sink(String writer) {
    return new TableSink() {
      @Override
      public long lastStep() {
        return lastSteps.getOrDefault(writer, -1L);
      }

      @Override
      public boolean keepsSteps() {
        return false;
      }

      @Override
      public StepWriter begin(long step, SinkMode mode, MemoryScope scope) {
        return new StepWriter() {
          @Override
          public void write(Batch rows, RowOperation operation) {
            consumer.accept(rows, operation, mode);
          }

          @Override
          public void commit() {
            lastSteps.put(writer, step);
          }

          @Override
          public void close() {}
        };
      }

      @Override
      public void end() {}

      @Override
      public void close() {}
    };
  }
}
