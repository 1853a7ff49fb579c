package dev.tidemill.exec.join;

import dev.tidemill.exec.error.ExecErrors;
import dev.tidemill.exec.memory.RowCollector;
import dev.tidemill.exec.pipeline.Run;
import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.Type;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The side of a join that is built, in one run: collected by the workers, then a table they share.
 */
final class BuildSide implements AutoCloseable {
  private final Run run;
  private final JoinKeys keys;
  private final boolean tracksMatches;
  private final MemoryScope memory;
  private final RowCollector collector;
  private @Nullable JoinTable table;

  BuildSide(
      String name,
      List<Type> types,
      JoinKeys keys,
      boolean tracksMatches,
      Run run,
      MemoryScope memory) {
    this.run = run;
    this.keys = keys;
    this.tracksMatches = tracksMatches;
    this.memory = memory;
    this.collector = new RowCollector(name, types, memory);
  }

  RowCollector collector() {
    return collector;
  }

  /** Builds the table of what was collected. */
  void build() {
    Batch rows = collector.rows().table();
    table = JoinTable.build(rows, keys, tracksMatches, run, memory);
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
