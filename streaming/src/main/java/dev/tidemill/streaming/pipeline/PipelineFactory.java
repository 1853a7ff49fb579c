package dev.tidemill.streaming.pipeline;

import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.plan.delta.OutputMode;
import dev.tidemill.plan.delta.StandingPlan;
import dev.tidemill.streaming.state.QueryState;

/** Compiles standing plans. */
public interface PipelineFactory {
  /**
   * A pipeline over {@code state}, which may be empty or restored.
   *
   * @param mode a legal one: in APPEND the change of a step is the rows that have become final
   * @param memory what the pipeline's batches are charged to
   * @throws dev.tidemill.foundation.error.TidemillException if a table of the plan is gone or has
   *     other columns now
   */
  DeltaPipeline compile(StandingPlan plan, OutputMode mode, QueryState state, MemoryScope memory);
}
