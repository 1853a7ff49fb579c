package dev.tidemill.streaming.pipeline;

import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.plan.batch.TableReference;
import dev.tidemill.plan.delta.OutputMode;
import dev.tidemill.plan.delta.StandingPlan;
import dev.tidemill.storage.table.Table;
import dev.tidemill.streaming.state.QueryState;
import java.util.Map;

/** Compiles standing plans. */
public interface PipelineFactory {
  /**
   * A pipeline over {@code state}, which may be empty or restored.
   *
   * @param mode a legal one: in APPEND the change of a step is the rows that have become final
   * @param own tables that stand in the places of those of the catalog
   * @param memory what the pipeline's batches are charged to
   * @throws dev.tidemill.foundation.error.TidemillException if a table of the plan is gone or has
   *     other columns now
   */
  DeltaPipeline compile(
      StandingPlan plan,
      OutputMode mode,
      QueryState state,
      Map<TableReference, Table> own,
      MemoryScope memory);
}
