package dev.tidemill.exec.key;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.BytesColumn;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.ColumnBuilder;
import dev.tidemill.foundation.batch.FixedColumn;
import dev.tidemill.foundation.hash.Hash;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.Type;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * Groups of rows by keys of one word, two words and text, beside java.util.HashMap; and hashing.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class GroupTableBenchmark {
  private static final int BATCHES = 64;
  private static final int ROWS = BATCHES * Batch.MAX_ROWS;

  private static final Type[] TYPES = {Type.BIGINT, Type.BIGINT, Type.VARCHAR};

  /** How many keys there are. */
  @Param({"1000", "100000"})
  private int keys;

  private final MemoryScope memory = MemoryScope.root("benchmark", MemoryScope.UNLIMITED);
  private final List<Batch> batches = new ArrayList<>();
  private final int[] rows = new int[Batch.MAX_ROWS];
  private final int[] groups = new int[Batch.MAX_ROWS];
  private final long[] hashes = new long[Batch.MAX_ROWS];

  @Setup(Level.Trial)
  public void setUp() {
    Random random = new Random(1);
    Arrays.setAll(rows, i -> i);
    for (int b = 0; b < BATCHES; b++) {
      List<Column> columns = new ArrayList<>();
      List<ColumnBuilder> builders = new ArrayList<>();
      for (Type type : TYPES) {
        builders.add(ColumnBuilder.of(type, memory, Batch.MAX_ROWS));
      }
      for (int i = 0; i < Batch.MAX_ROWS; i++) {
        long key = random.nextInt(keys);
        builders.get(0).appendLong(Hash.mix(key));
        builders.get(1).appendLong(Hash.mix(~key));
        byte[] text = ("Customer#" + 1_000_000_000 + key).getBytes(StandardCharsets.UTF_8);
        builders.get(2).appendBytes(text, 0, text.length);
      }
      builders.forEach(builder -> columns.add(builder.build()));
      batches.add(new Batch(Batch.MAX_ROWS, columns));
    }
  }

  @TearDown(Level.Trial)
  public void tearDown() {
    batches.forEach(Batch::close);
  }

  private int groups(int... columns) {
    List<Type> types = Arrays.stream(columns).mapToObj(c -> TYPES[c]).toList();
    try (GroupTable table = GroupTable.of(types, memory)) {
      for (Batch batch : batches) {
        table.groups(
            Arrays.stream(columns).mapToObj(batch::column).toList(), rows, Batch.MAX_ROWS, groups);
      }
      return table.groupCount();
    }
  }

  @Benchmark
  @OperationsPerInvocation(ROWS)
  public int word() {
    return groups(0);
  }

  @Benchmark
  @OperationsPerInvocation(ROWS)
  public int wordPlain() {
    Map<Long, Integer> map = new HashMap<>();
    for (Batch batch : batches) {
      FixedColumn first = (FixedColumn) batch.column(0);
      for (int row = 0; row < Batch.MAX_ROWS; row++) {
        Integer next = map.size();
        Integer known = map.putIfAbsent(first.longAt(row), next);
        groups[row] = known == null ? next : known;
      }
    }
    return map.size();
  }

  private record Pair(long first, long second) {}

  @Benchmark
  @OperationsPerInvocation(ROWS)
  public int twoWords() {
    return groups(0, 1);
  }

  @Benchmark
  @OperationsPerInvocation(ROWS)
  public int twoWordsPlain() {
    Map<Pair, Integer> map = new HashMap<>();
    for (Batch batch : batches) {
      FixedColumn first = (FixedColumn) batch.column(0);
      FixedColumn second = (FixedColumn) batch.column(1);
      for (int row = 0; row < Batch.MAX_ROWS; row++) {
        Integer next = map.size();
        Integer known = map.putIfAbsent(new Pair(first.longAt(row), second.longAt(row)), next);
        groups[row] = known == null ? next : known;
      }
    }
    return map.size();
  }

  @Benchmark
  @OperationsPerInvocation(ROWS)
  public int text() {
    return groups(2);
  }

  @Benchmark
  @OperationsPerInvocation(ROWS)
  public int textPlain() {
    Map<String, Integer> map = new HashMap<>();
    for (Batch batch : batches) {
      BytesColumn texts = (BytesColumn) batch.column(2);
      for (int row = 0; row < Batch.MAX_ROWS; row++) {
        Integer next = map.size();
        Integer known = map.putIfAbsent(texts.stringAt(row), next);
        groups[row] = known == null ? next : known;
      }
    }
    return map.size();
  }

  @Benchmark
  @OperationsPerInvocation(Batch.MAX_ROWS)
  public long[] hashText() {
    Hash.hash(batches.get(0).column(2), Batch.MAX_ROWS, hashes);
    return hashes;
  }

  @Benchmark
  @OperationsPerInvocation(Batch.MAX_ROWS)
  public long[] hashTextPlain() {
    BytesColumn texts = (BytesColumn) batches.get(0).column(2);
    for (int row = 0; row < Batch.MAX_ROWS; row++) {
      hashes[row] = Arrays.hashCode(texts.bytesAt(row));
    }
    return hashes;
  }
}
