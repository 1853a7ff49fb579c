package dev.tidemill.exec.join;

import dev.tidemill.exec.key.GroupTable;
import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.ColumnBuilder;
import dev.tidemill.foundation.batch.FixedColumn;
import dev.tidemill.foundation.hash.Hash;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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

/**
 * Finding build rows by dense keys directly, by scattered ones by hash; java.util.HashMap beside.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class JoinProbeBenchmark {
  private static final int BATCHES = 64;
  private static final int ROWS = BATCHES * Batch.MAX_ROWS;
  private static final int BUILT = 1_000_000;

  private final MemoryScope memory = MemoryScope.root("benchmark", MemoryScope.UNLIMITED);
  private final GroupTable.Lookup lookup = new GroupTable.Lookup();
  private final List<Column> probe = new ArrayList<>();
  private final List<Column> scattered = new ArrayList<>();
  private final Map<Long, Integer> map = new HashMap<>();
  private final int[] rows = new int[Batch.MAX_ROWS];
  private final int[] firsts = new int[Batch.MAX_ROWS];
  private FirstRows dense;
  private FirstRows hashed;

  @Setup
  public void setUp() {
    Random random = new Random(1);
    Arrays.setAll(rows, i -> i);
    int[] first = new int[2 * BUILT];
    Arrays.fill(first, -1);
    GroupTable groups = GroupTable.of(List.of(Type.BIGINT), memory);
    for (int from = 0; from < BUILT; from += Batch.MAX_ROWS) {
      int count = Math.min(Batch.MAX_ROWS, BUILT - from);
      try (ColumnBuilder builder = ColumnBuilder.of(Type.BIGINT, memory, count)) {
        for (int row = from; row < from + count; row++) {
          builder.appendLong(Hash.mix(2L * row));
          first[2 * row] = row;
          map.put(2L * row, row);
        }
        try (Column keys = builder.build()) {
          groups.groups(List.of(keys), rows, count, firsts);
        }
      }
    }
    dense = new DenseFirstRows(0, first);
    hashed = new HashedFirstRows(groups, new int[0]);
    for (int b = 0; b < BATCHES; b++) {
      try (ColumnBuilder dense = ColumnBuilder.of(Type.BIGINT, memory, Batch.MAX_ROWS);
          ColumnBuilder spread = ColumnBuilder.of(Type.BIGINT, memory, Batch.MAX_ROWS)) {
        for (int i = 0; i < Batch.MAX_ROWS; i++) {
          long key = random.nextInt(2 * BUILT);
          dense.appendLong(key);
          spread.appendLong(Hash.mix(key));
        }
        probe.add(dense.build());
        scattered.add(spread.build());
      }
    }
  }

  @TearDown
  public void tearDown() {
    probe.forEach(Column::close);
    scattered.forEach(Column::close);
    hashed.close();
  }

  private long find(FirstRows table, List<Column> sought) {
    long sum = 0;
    for (Column keys : sought) {
      table.find(List.of(keys), rows, Batch.MAX_ROWS, firsts, lookup);
      sum += firsts[0];
    }
    return sum;
  }

  @Benchmark
  @OperationsPerInvocation(ROWS)
  public long direct() {
    return find(dense, probe);
  }

  @Benchmark
  @OperationsPerInvocation(ROWS)
  public long openAddressing() {
    return find(hashed, scattered);
  }

  @Benchmark
  @OperationsPerInvocation(ROWS)
  public long plain() {
    long sum = 0;
    for (Column column : probe) {
      FixedColumn keys = (FixedColumn) column;
      for (int row = 0; row < Batch.MAX_ROWS; row++) {
        firsts[row] = map.getOrDefault(keys.longAt(row), -1);
      }
      sum += firsts[0];
    }
    return sum;
  }
}
