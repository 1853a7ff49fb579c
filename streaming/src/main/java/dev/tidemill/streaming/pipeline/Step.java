package dev.tidemill.streaming.pipeline;

import dev.tidemill.exec.CompiledPlan;
import dev.tidemill.exec.Executor;
import dev.tidemill.exec.context.ExecutionContext;
import dev.tidemill.exec.context.RunInput;
import dev.tidemill.exec.context.TableSnapshot;
import dev.tidemill.exec.expression.EvaluationContext;
import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.plan.batch.TableReference;
import dev.tidemill.storage.table.Table;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.random.RandomGenerator;

/** What the operators share in one step. Closing it gives back what they have charged. */
final class Step implements AutoCloseable {
  private static final long CHARGED_AT_ONCE = 1 << 16;

  private final Instant time;
  private final boolean first;
  private final MemoryScope memory;
  private final Function<TableReference, TableSnapshot> statics;
  private final OperatorTimes times;
  private final StepCrew crew;
  private final long watermarkBefore;
  private final SetAside aside;
  private long watermarkMicros;
  private boolean pinning;
  private long heapBytes;
  private long chargedBytes;

  /**
   * {@code first}: the state is that of no step yet. {@code watermarkBefore} is W of the step
   * before.
   */
  Step(
      Instant time,
      boolean first,
      MemoryScope memory,
      Function<TableReference, Table> tables,
      OperatorTimes times,
      StepCrew crew,
      long watermarkBefore,
      SetAside aside) {
    this.time = time;
    this.aside = aside;
    this.first = first;
    this.memory = memory;
    this.statics = TableSnapshot.pinning(tables);
    this.times = times;
    this.crew = crew;
    this.watermarkBefore = watermarkBefore;
    this.watermarkMicros = watermarkBefore;
  }

  boolean isFirst() {
    return first;
  }

  /** Whether static plans are being pinned, some perhaps not yet. */
  boolean isPinning() {
    return pinning;
  }

  void setPinning(boolean is) {
    pinning = is;
  }

  MemoryScope memory() {
    return memory;
  }

  /**
   * Charges what an operator holds on the heap until the step ends.
   *
   * @throws dev.tidemill.foundation.error.TidemillException MEMORY_LIMIT_EXCEEDED
   */
  void charge(long bytes) {
    heapBytes += bytes;
    if (heapBytes > chargedBytes) {
      long more = Math.max(heapBytes - chargedBytes, CHARGED_AT_ONCE);
      memory.reserveHeap(more);
      chargedBytes += more;
    }
  }

  @Override
  public void close() {
    memory.releaseHeap(chargedBytes);
    chargedBytes = 0;
  }

  /** The rows that cannot be computed. */
  SetAside aside() {
    return aside;
  }

  StepCrew crew() {
    return crew;
  }

  OperatorTimes times() {
    return times;
  }

  /** What CURRENT_TIMESTAMP is, in microseconds since 1970. */
  long timeMicros() {
    return time.getEpochSecond() * 1_000_000L + time.getNano() / 1000;
  }

  /** W(q, n - 1): lateness goes by it. */
  long watermarkBefore() {
    return watermarkBefore;
  }

  /** W(q, n), once all tables are read: what ends goes by it. */
  long watermarkMicros() {
    return watermarkMicros;
  }

  void setWatermarkMicros(long micros) {
    watermarkMicros = micros;
  }

  EvaluationContext evaluation() {
    return new EvaluationContext(memory, time, List.of(), RandomGenerator.getDefault());
  }

  /** Does parts of what an operator does with a batch of so many rows side by side. */
  void together(String operator, int rows, List<Runnable> parts) {
    if (parts.size() < 2 || !crew.helps(rows)) {
      parts.forEach(Runnable::run);
      return;
    }
    List<StepTask<Boolean>> tasks = new ArrayList<>();
    for (Runnable part : parts) {
      tasks.add(
          crew.submit(
              () -> {
                part.run();
                return true;
              }));
    }
    try {
      tasks.forEach(task -> task.join(operator, this));
    } catch (Throwable t) {
      tasks.forEach(task -> task.discard(done -> {}));
      throw t;
    }
  }

  /** Runs a plan; input i is lent {@code inputs.get(i)}. The result is the caller's to close. */
  List<Batch> run(CompiledPlan plan, List<List<Batch>> inputs) {
    ExecutionContext.Builder context =
        ExecutionContext.builder(memory)
            .tables(statics)
            .statementTime(time)
            .threads(1)
            .priority(ExecutionContext.Priority.STEP);
    for (int i = 0; i < inputs.size(); i++) {
      context.input(i, RunInput.of(inputs.get(i)));
    }
    return Executor.run(plan, context.build());
  }
}
