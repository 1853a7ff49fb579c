package dev.tidemill.exec.memory;

import dev.tidemill.exec.error.ExecErrors;
import dev.tidemill.exec.pipeline.BatchSink;
import dev.tidemill.exec.pipeline.Sink;
import dev.tidemill.exec.pipeline.Worker;
import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.Type;
import java.util.List;

/**
 * A sink that keeps all rows of all workers, in the order of arrival per worker: builds, sorts,
 * windows.
 */
public final class RowCollector implements Sink, AutoCloseable {
  private final String operator;
  private final CollectedRows whole;

  public RowCollector(String operator, List<Type> types, MemoryScope memory) {
    this.operator = operator;
    this.whole = new CollectedRows(operator, types, memory);
  }

  @Override
  public BatchSink open(Worker worker) {
    return new Part(whole.sibling());
  }

  /** All rows, once all workers have finished; not the caller's to close. */
  public CollectedRows rows() {
    return whole;
  }

  private final class Part implements BatchSink {
    private final CollectedRows rows;

    Part(CollectedRows rows) {
      this.rows = rows;
    }

    @Override
    public boolean push(Batch batch) {
      if (batch.weights() != null) {
        throw ExecErrors.weightedInput(operator);
      }
      rows.add(batch);
      return true;
    }

    @Override
    public void finish() {
      synchronized (whole) {
        whole.addAll(rows);
      }
    }

    @Override
    public void close() {
      rows.close();
    }
  }

  @Override
  public void close() {
    whole.close();
  }
}
