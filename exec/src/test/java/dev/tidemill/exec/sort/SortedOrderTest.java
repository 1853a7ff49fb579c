package dev.tidemill.exec.sort;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.tidemill.exec.context.ExecutionContext;
import dev.tidemill.exec.memory.HeapMemory;
import dev.tidemill.exec.pipeline.Crew;
import dev.tidemill.exec.pipeline.Run;
import dev.tidemill.exec.pipeline.Team;
import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Batches;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.Columns;
import dev.tidemill.foundation.batch.DictionaryColumn;
import dev.tidemill.foundation.memory.Buffer;
import dev.tidemill.foundation.memory.Memory;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.batch.SortKey;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Orders of random tables against a stable sort by the keys as byte strings, on one thread and on
 * three: keys of all kinds, few and many ties, words that hold all keys, some, or a part of one.
 */
class SortedOrderTest {
  private static final List<Type> TYPES =
      List.of(
          Type.BIGINT,
          Type.INTEGER,
          Type.SMALLINT,
          Type.DATE,
          new Type.Timestamp(6),
          new Type.Decimal(15, 2),
          new Type.Decimal(38, 2),
          Type.DOUBLE,
          Type.REAL,
          Type.BOOLEAN,
          Type.VARCHAR,
          new Type.Array(Type.BIGINT));

  private final MemoryScope memory = MemoryScope.root("test", MemoryScope.UNLIMITED);

  @Test
  void isTheOrderOfByteStrings() {
    long seed = Long.getLong("tidemill.test.seed", System.nanoTime());
    Random random = new Random(seed);
    ExecutionContext context = ExecutionContext.builder(memory).build();
    for (int round = 0; round < 120; round++) {
      int count = random.nextInt(40) == 0 ? 33_000 + random.nextInt(9_000) : random.nextInt(2_000);
      try (Batch table = table(random, count);
          Run alone = new Run(context, Crew.ALONE);
          Run many = new Run(context, new Threads())) {
        List<SortKey> keys = keys(random, table.columnCount());
        int last = random.nextInt(keys.size() + 1);
        int[] prefixes = {random.nextInt(last + 1), last};
        try {
          assertNull(difference(table, keys, prefixes, Team.alone(alone)));
          assertNull(difference(table, keys, prefixes, Team.of(many)));
        } catch (Throwable e) {
          throw new AssertionError("seed " + seed + ", round " + round + ", " + keys, e);
        }
      }
      assertEquals(0, memory.used());
    }
  }

  private @Nullable String difference(Batch table, List<SortKey> keys, int[] prefixes, Team team) {
    List<Type> types = new ArrayList<>();
    for (int i = 0; i < table.columnCount(); i++) {
      types.add(table.column(i).type());
    }
    byte[][] whole = bytes(table, RowKeys.of(keys, types));
    Integer[] wanted = new Integer[table.length()];
    Arrays.setAll(wanted, i -> i);
    Arrays.sort(wanted, (a, b) -> Arrays.compareUnsigned(whole[a], whole[b]));
    try (HeapMemory heap = new HeapMemory(memory)) {
      SortedOrder order = SortedOrder.of(table, keys, prefixes, team, heap, memory);
      for (int i = 0; i < wanted.length; i++) {
        if (order.rows()[i] != wanted[i]) {
          return "row %d at %d, not %d".formatted(order.rows()[i], i, wanted[i]);
        }
      }
      for (int p = 0; p < prefixes.length; p++) {
        byte[][] part = bytes(table, RowKeys.of(keys.subList(0, prefixes[p]), types));
        for (int i = 0; i < wanted.length; i++) {
          boolean begins = i == 0 || !Arrays.equals(part[wanted[i - 1]], part[wanted[i]]);
          if (order.begins(p)[i] != begins) {
            return "%d keys %s at %d".formatted(prefixes[p], begins ? "differ" : "are equal", i);
          }
        }
      }
      return null;
    }
  }

  private static byte[][] bytes(Batch table, RowKeys keys) {
    byte[][] bytes = new byte[table.length()][];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = keys.key(table, i);
    }
    return bytes;
  }

  private static List<SortKey> keys(Random random, int columns) {
    List<SortKey> keys = new ArrayList<>();
    for (int i = 0; i < columns; i++) {
      keys.add(new SortKey(i, random.nextBoolean(), random.nextBoolean()));
    }
    return keys;
  }

  private Batch table(Random random, int count) {
    List<Column> columns = new ArrayList<>();
    for (int i = random.nextInt(4); i >= 0; i--) {
      columns.add(column(random, TYPES.get(random.nextInt(TYPES.size())), count));
    }
    return new Batch(count, columns);
  }

  private Column column(Random random, Type type, int count) {
    int distinct = 1 << random.nextInt(12);
    boolean hasNulls = random.nextInt(3) == 0;
    int spread = random.nextInt(63) + 1;
    String common = "customer#000 ".repeat(random.nextInt(3));
    List<List<@Nullable Object>> values = new ArrayList<>();
    for (int i = 0; i < distinct; i++) {
      values.add(Arrays.asList(value(random, type, spread, common)));
    }
    int[] rows = new int[count];
    for (int i = 0; i < count; i++) {
      rows[i] = hasNulls && random.nextInt(5) == 0 ? -1 : random.nextInt(distinct);
    }
    try (Batch pool = Batches.fromRows(List.of(type), values, memory)) {
      if (!(type instanceof Type.Array) && random.nextInt(3) == 0) {
        return codes(pool.column(0), rows);
      }
      return Columns.take(pool.column(0), rows, 0, count, memory);
    }
  }

  private Column codes(Column pool, int[] rows) {
    try (Column valid = Columns.take(pool, rows, 0, rows.length, memory)) {
      Buffer codes = memory.allocate(Math.max(1, rows.length) * 4L);
      for (int i = 0; i < rows.length; i++) {
        Memory.putInt(codes.address() + i * 4L, Math.max(0, rows[i]));
      }
      Buffer validity = valid.validityBuffer();
      return new DictionaryColumn(
          rows.length, codes, pool.retain(), validity == null ? null : validity.retain());
    }
  }

  private static Object value(Random random, Type type, int spread, String common) {
    long number = random.nextLong() >> 64 - spread;
    return switch (type) {
      case Type.Int t when t.bits() == 64 -> (Object) number;
      case Type.Int t when t.bits() == 32 -> (Object) (int) number;
      case Type.Int t -> (Object) (short) number;
      case Type.Date t -> LocalDate.ofEpochDay(number % 100_000);
      case Type.Timestamp t -> LocalDateTime.of(2000, 1, 1, 0, 0).plusSeconds(number % 1_000_000);
      case Type.Decimal t when t.precision() == 15 ->
          BigDecimal.valueOf(number % 1_000_000_000_000_000L, 2);
      case Type.Decimal t ->
          new BigDecimal(
              spread % 2 == 0
                  ? BigInteger.valueOf(number)
                  : BigInteger.valueOf(number).multiply(BigInteger.valueOf(random.nextLong())),
              2);
      case Type.DoubleType t -> real(random, number);
      case Type.Real t -> (float) real(random, number);
      case Type.Bool t -> random.nextBoolean();
      case Type.Array t -> List.of(number, (long) random.nextInt(3));
      default -> common + text(random);
    };
  }

  private static double real(Random random, long number) {
    double[] special = {0.0, -0.0, Double.NaN, Double.POSITIVE_INFINITY, -1e300};
    return random.nextInt(5) == 0 ? special[random.nextInt(special.length)] : number / 8.0;
  }

  private static String text(Random random) {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(random.nextBoolean() ? 5 : 30); i > 0; i--) {
      text.append("\0\0ab\u00e9\uffff".charAt(random.nextInt(6)));
    }
    return text.toString();
  }

  /** Threads of its own for each work. */
  private static final class Threads implements Crew {
    @Override
    public int size() {
      return 3;
    }

    @Override
    public void work(int workers, Runnable work, Consumer<Throwable> failed) {
      CountDownLatch ended = new CountDownLatch(workers);
      for (int i = 0; i < workers; i++) {
        Thread.ofPlatform()
            .start(
                () -> {
                  try {
                    work.run();
                  } catch (Throwable t) {
                    failed.accept(t);
                  } finally {
                    ended.countDown();
                  }
                });
      }
      try {
        ended.await();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }

    @Override
    public boolean yield() {
      return false;
    }
  }
}
