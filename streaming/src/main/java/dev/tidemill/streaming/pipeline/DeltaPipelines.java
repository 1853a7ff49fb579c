package dev.tidemill.streaming.pipeline;

import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.plan.batch.TableReference;
import dev.tidemill.plan.delta.OutputMode;
import dev.tidemill.plan.delta.StandingPlan;
import dev.tidemill.storage.table.Table;
import dev.tidemill.streaming.state.QueryState;
import java.util.Map;
import java.util.function.Function;

/** Compiles standing plans over the tables of a catalog. Any thread. */
public final class DeltaPipelines implements PipelineFactory {
  private final Function<TableReference, Table> tables;
  private final StepCrew crew;

  /**
   * @param tables gives the table of a name, or throws
   * @param crew helps with steps of many rows
   */
  public DeltaPipelines(Function<TableReference, Table> tables, StepCrew crew) {
    this.tables = tables;
    this.crew = crew;
  }

  @Override
  public DeltaPipeline compile(
      StandingPlan plan,
      OutputMode mode,
      QueryState state,
      Map<TableReference, Table> own,
      MemoryScope memory) {
    if (plan.version() != StandingPlan.VERSION) {
      throw PipelineErrors.unknownVersion(plan.version(), StandingPlan.VERSION);
    }
    return new StandingPipeline(
        plan,
        mode,
        state,
        memory,
        crew,
        reference -> {
          Table table = own.get(reference);
          return table == null ? tables.apply(reference) : table;
        });
  }
}
