package dev.tidemill.exec.exchange;

import dev.tidemill.exec.pipeline.BatchSink;
import dev.tidemill.exec.pipeline.Downstream;
import dev.tidemill.exec.pipeline.Operator;
import dev.tidemill.exec.pipeline.Run;
import dev.tidemill.exec.pipeline.Stage;
import dev.tidemill.foundation.arrow.ArrowIpc;
import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.batch.ExchangePlan;
import dev.tidemill.plan.batch.OutputColumn;
import java.util.List;

/**
 * The border between two fragments. Within one process rows simply pass: the operator above shares
 * or partitions them itself. In the test mode every batch is written as Arrow IPC and read back, as
 * between processes.
 */
public final class ExchangeOperator extends Operator {
  private final ExchangePlan plan;
  private final List<Type> types;

  public ExchangeOperator(ExchangePlan plan, Operator input) {
    super(plan, List.of(input));
    this.plan = plan;
    this.types = plan.columns().stream().map(OutputColumn::type).toList();
  }

  @Override
  public String name() {
    return "Exchange(" + plan.kind() + ")";
  }

  @Override
  protected void connect(Run run, Downstream down) {
    MemoryScope memory = run.memory(this);
    Stage stage =
        run.context().exchangeThroughIpc()
            ? (worker, next) -> new IpcStage(memory, next)
            : (worker, next) -> next;
    run.connect(inputs().get(0), run.through(this, stage, down));
  }

  private final class IpcStage implements BatchSink {
    private final MemoryScope memory;
    private final BatchSink next;

    IpcStage(MemoryScope memory, BatchSink next) {
      this.memory = memory;
      this.next = next;
    }

    @Override
    public boolean push(Batch batch) {
      List<Batch> received = ArrowIpc.read(ArrowIpc.write(List.of(batch), types, memory), memory);
      try {
        for (Batch each : received) {
          if (!next.push(each)) {
            return false;
          }
        }
        return true;
      } finally {
        received.forEach(Batch::close);
      }
    }

    @Override
    public void finish() {
      next.finish();
    }

    @Override
    public void close() {
      next.close();
    }
  }
}
