package dev.tidemill.exec.aggregate;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.ColumnBuilder;
import dev.tidemill.foundation.batch.FixedColumn;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.expression.Literal;
import dev.tidemill.plan.function.AggregateFunction;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** Accumulators over 1,000 groups, beside plain loops over arrays by group. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class AccumulatorBenchmark {
  private static final int GROUPS = 1000;
  private static final Type PRICE = new Type.Decimal(12, 2);

  private final MemoryScope memory = MemoryScope.root("benchmark", MemoryScope.UNLIMITED);
  private final int[] rows = new int[Batch.MAX_ROWS];
  private final int[] groups = new int[Batch.MAX_ROWS];
  private final long[] results = new long[GROUPS];
  private Column values;
  private GroupedAccumulator sum;
  private GroupedAccumulator max;
  private GroupedAccumulator distinct;
  private GroupedAccumulator quantile;

  @Setup
  public void setUp() {
    Random random = new Random(1);
    Arrays.setAll(rows, i -> i);
    Arrays.setAll(groups, i -> random.nextInt(GROUPS));
    try (ColumnBuilder builder = ColumnBuilder.of(PRICE, memory, Batch.MAX_ROWS)) {
      for (int i = 0; i < Batch.MAX_ROWS; i++) {
        builder.appendLong(90_000 + random.nextInt(10_000_000));
      }
      values = builder.build();
    }
    sum = accumulator(AggregateFunction.SUM, new Type.Decimal(38, 2));
    max = accumulator(AggregateFunction.MAX, PRICE);
    distinct = accumulator(AggregateFunction.APPROX_COUNT_DISTINCT, Type.BIGINT);
    quantile = accumulator(AggregateFunction.APPROX_QUANTILE, PRICE);
  }

  private GroupedAccumulator accumulator(AggregateFunction function, Type type) {
    List<Literal> parameters = List.of(new Literal(Type.DOUBLE, 0.5));
    GroupedAccumulator made =
        Accumulators.of(function, List.of(PRICE), parameters, null, type, memory);
    made.ensure(GROUPS);
    return made;
  }

  @TearDown
  public void tearDown() {
    List.of(sum, max, distinct, quantile).forEach(GroupedAccumulator::close);
    values.close();
  }

  @Benchmark
  @OperationsPerInvocation(Batch.MAX_ROWS)
  public void sum() {
    sum.add(values, rows, groups, Batch.MAX_ROWS);
  }

  @Benchmark
  @OperationsPerInvocation(Batch.MAX_ROWS)
  public long[] sumPlain() {
    FixedColumn fixed = (FixedColumn) values;
    for (int i = 0; i < Batch.MAX_ROWS; i++) {
      results[groups[i]] = Math.addExact(results[groups[i]], fixed.longAt(rows[i]));
    }
    return results;
  }

  @Benchmark
  @OperationsPerInvocation(Batch.MAX_ROWS)
  public void max() {
    max.add(values, rows, groups, Batch.MAX_ROWS);
  }

  @Benchmark
  @OperationsPerInvocation(Batch.MAX_ROWS)
  public long[] maxPlain() {
    FixedColumn fixed = (FixedColumn) values;
    for (int i = 0; i < Batch.MAX_ROWS; i++) {
      results[groups[i]] = Math.max(results[groups[i]], fixed.longAt(rows[i]));
    }
    return results;
  }

  @Benchmark
  @OperationsPerInvocation(Batch.MAX_ROWS)
  public void approximateDistinct() {
    distinct.add(values, rows, groups, Batch.MAX_ROWS);
  }

  @Benchmark
  @OperationsPerInvocation(Batch.MAX_ROWS)
  public void approximateQuantile() {
    quantile.add(values, rows, groups, Batch.MAX_ROWS);
  }
}
