package dev.tidemill.exec.aggregate;

import dev.tidemill.exec.pipeline.Downstream;
import dev.tidemill.exec.pipeline.Operator;
import dev.tidemill.exec.pipeline.Run;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.batch.AggregatePlan;
import dev.tidemill.plan.batch.OutputColumn;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Groups rows by their keys and computes the calls over each group, see {@link
 * SpillingAggregation}. Every grouping set has tables of its own. An empty grouping set has one
 * group, even over no rows; any other has none over no rows.
 */
public final class HashAggregateOperator extends Operator {
  private final AggregatePlan plan;
  private final Grouping grouping;

  public HashAggregateOperator(AggregatePlan plan, Operator input) {
    super(plan, List.of(input));
    this.plan = plan;
    List<Type> inputTypes = plan.input().columns().stream().map(OutputColumn::type).toList();
    this.grouping = Grouping.of(inputTypes, plan.keys(), plan.groupingSets(), plan.calls());
    MemoryScope probe = MemoryScope.root("check", MemoryScope.UNLIMITED);
    for (Call call : grouping.calls()) {
      call.state(true, probe).close();
    }
  }

  @Override
  public String name() {
    List<OutputColumn> columns = plan.input().columns();
    return plan.keys().stream()
        .map(key -> columns.get(key).name())
        .collect(Collectors.joining(", ", "HashAggregate(", ")"));
  }

  @Override
  protected void connect(Run run, Downstream down) {
    Operator input = inputs().get(0);
    SpillingAggregation groups =
        run.own(new SpillingAggregation(this, grouping, () -> keys(run, input), run));
    StoredExtremes.tell(run, plan, input);
    run.connect(input, run.into(this, groups.sink()));
    run.then(this, groups::begin);
    run.pipeline(this, groups, down);
    run.then(this, groups::close);
  }

  /** The keys of each grouping set; joins below know more of them once they are built. */
  private List<GroupKeys> keys(Run run, Operator input) {
    KeyDependencies dependencies = new KeyDependencies(run);
    List<GroupKeys> keys =
        grouping.keyColumns().stream()
            .map(columns -> GroupKeys.of(columns, dependencies.deciding(input, columns)))
            .toList();
    run.counters(this)
        .setDependentKeys(keys.stream().mapToInt(set -> set.carried().length).max().orElse(0));
    return keys;
  }
}
