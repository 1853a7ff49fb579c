package dev.tidemill.exec.join;

import dev.tidemill.exec.error.ExecErrors;
import dev.tidemill.exec.memory.RowCollector;
import dev.tidemill.exec.pipeline.Run;
import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.memory.MemoryScope;
import org.jspecify.annotations.Nullable;

/** The right side of a join in one run: collected by the workers, then a table they share. */
final class BuildSide implements AutoCloseable {
  private final Run run;
  private final JoinShape shape;
  private final JoinKeys keys;
  private final MemoryScope memory;
  private final RowCollector collector;
  private @Nullable JoinTable table;

  BuildSide(String name, JoinShape shape, JoinKeys keys, Run run, MemoryScope memory) {
    this.run = run;
    this.shape = shape;
    this.keys = keys;
    this.memory = memory;
    this.collector = new RowCollector(name, shape.rightTypes(), memory);
  }

  RowCollector collector() {
    return collector;
  }

  /** Builds the table of what was collected. */
  void build() {
    Batch rows = collector.rows().table();
    table = JoinTable.build(rows, keys, shape.keepsRight(), run, memory);
  }

  JoinTable table() {
    if (table == null) {
      throw ExecErrors.brokenPlan("a probe before the build");
    }
    return table;
  }

  @Override
  public void close() {
    collector.close();
    if (table != null) {
      table.close();
      table = null;
    }
  }
}
