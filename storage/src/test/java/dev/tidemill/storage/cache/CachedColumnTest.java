package dev.tidemill.storage.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.ColumnBuilder;
import dev.tidemill.foundation.batch.DictionaryColumn;
import dev.tidemill.foundation.batch.FixedColumn;
import dev.tidemill.foundation.batch.Selection;
import dev.tidemill.foundation.memory.Buffer;
import dev.tidemill.foundation.memory.Memory;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.storage.table.ValueBits;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Packed columns against the columns they were made of. */
class CachedColumnTest {
  private static final Type[] TYPES = {
    Type.BIGINT,
    Type.INTEGER,
    new Type.Int(16),
    new Type.Decimal(15, 2),
    new Type.Decimal(30, 2),
    Type.DATE,
    new Type.Timestamp(6),
    Type.DOUBLE,
    Type.BOOLEAN,
    Type.VARCHAR
  };

  @Test
  void whatIsReadIsWhatWasKept() {
    long seed = Long.getLong("tidemill.test.seed", System.nanoTime());
    Random random = new Random(seed);
    try (MemoryScope memory = MemoryScope.root("test", MemoryScope.UNLIMITED)) {
      for (int round = 0; round < 600; round++) {
        Type type = TYPES[round % TYPES.length];
        int length = 1 + random.nextInt(round % 7 == 0 ? 4096 : 200);
        try (Column column =
            random.nextInt(4) == 0
                ? codes(random, type, length, memory)
                : plain(random, type, length, memory)) {
          check(column, random, memory);
        } catch (AssertionError | RuntimeException e) {
          throw new AssertionError("seed " + seed + ", round " + round + ", " + type, e);
        }
      }
      assertEquals(0, memory.used());
    }
  }

  @Test
  void integersTakeTheBytesOfTheirRange() {
    try (MemoryScope memory = MemoryScope.root("test", MemoryScope.UNLIMITED)) {
      assertEquals(0, packedBytes(memory, 5_000_000_000L, 5_000_000_000L));
      assertEquals(1024, packedBytes(memory, -100, 155));
      assertEquals(2048, packedBytes(memory, -100, 156));
      assertEquals(4096, packedBytes(memory, 1L << 40, (1L << 40) + (1L << 32) - 1));
      assertEquals(0, packedBytes(memory, Long.MIN_VALUE, Long.MAX_VALUE));
    }
  }

  /** Bytes that 1,024 values are packed into, or 0 where nothing is made. */
  private static long packedBytes(MemoryScope memory, long least, long greatest) {
    try (ColumnBuilder builder = ColumnBuilder.of(Type.BIGINT, memory, 1024)) {
      for (int i = 0; i < 1024; i++) {
        builder.appendValue(i % 2 == 0 ? least : greatest);
      }
      try (Column column = builder.build()) {
        long before = memory.used();
        try (CachedColumn kept = CachedColumn.of(column, WordBounds.of(column), memory)) {
          return memory.used() - before;
        }
      }
    }
  }

  private static void check(Column column, Random random, MemoryScope memory) {
    try (CachedColumn kept = CachedColumn.of(column, WordBounds.of(column), memory)) {
      assertEquals(column.length(), kept.length());
      int[] all = IntStream.range(0, column.length()).toArray();
      assertReads(column, kept, null, all, memory);
      int[] some = Arrays.stream(all).filter(row -> random.nextInt(3) == 0).toArray();
      assertReads(column, kept, new Selection(some, some.length), some, memory);
      for (int i = 0; i < 6; i++) {
        assertBetween(column, kept, random, i % 2 == 0 ? null : some);
        assertAmong(column, kept, random, i % 2 == 0 ? null : some);
      }
    }
  }

  private static void assertReads(
      Column column,
      CachedColumn kept,
      @Nullable Selection selection,
      int[] rows,
      MemoryScope memory) {
    try (Column read = kept.read(selection, memory)) {
      assertEquals(column.type(), read.type());
      assertEquals(column.getClass(), read.getClass());
      assertEquals(rows.length, read.length());
      for (int i = 0; i < rows.length; i++) {
        assertEquals(column.value(rows[i]), read.value(i));
      }
    }
  }

  private static void assertBetween(
      Column column, CachedColumn kept, Random random, int @Nullable [] rows) {
    int count = rows == null ? column.length() : rows.length;
    long low = bound(column, random);
    long high = bound(column, random);
    int[] found = new int[count];
    if (!(kept instanceof CachedColumn.OfOffsets offsets) || offsets.validity() != null) {
      return;
    }
    int n = offsets.between(low, high, rows, count, found);
    FixedColumn fixed = (FixedColumn) column;
    List<Integer> expected = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      long value = fixed.longAt(rows == null ? i : rows[i]);
      if (low <= value && value <= high) {
        expected.add(i);
      }
    }
    assertEquals(expected, Arrays.stream(found, 0, n).boxed().toList(), low + " to " + high);
  }

  /**
   * Of values round one of the column, or anywhere; the rows asked may be where the answer goes.
   */
  private static void assertAmong(
      Column column, CachedColumn kept, Random random, int @Nullable [] rows) {
    if (!(kept instanceof CachedColumn.OfOffsets offsets) || offsets.validity() != null) {
      return;
    }
    long[] words = random.longs(1 + random.nextInt(4)).toArray();
    long span = words.length * 64L - 1 - random.nextInt(64);
    long low = bound(column, random) - random.nextInt(70);
    ValueBits values = new ValueBits(Math.min(low, Long.MAX_VALUE - span), span, words);
    int count = rows == null ? column.length() : rows.length;
    List<Integer> expected = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      long value = ((FixedColumn) column).longAt(rows == null ? i : rows[i]);
      if (isAmong(value, values)) {
        expected.add(i);
      }
    }
    int[] found = rows == null ? new int[count] : rows.clone();
    int n = offsets.among(values, rows == null ? null : found, count, found);
    assertEquals(expected, Arrays.stream(found, 0, n).boxed().toList(), values.toString());
  }

  private static boolean isAmong(long value, ValueBits values) {
    BigInteger bit = BigInteger.valueOf(value).subtract(BigInteger.valueOf(values.least()));
    return bit.signum() >= 0
        && bit.compareTo(BigInteger.valueOf(values.span())) <= 0
        && BitSet.valueOf(values.words()).get(bit.intValueExact());
  }

  /** Near a value, or anywhere. */
  private static long bound(Column column, Random random) {
    return switch (random.nextInt(6)) {
      case 0 -> Long.MIN_VALUE;
      case 1 -> Long.MAX_VALUE;
      case 2 -> random.nextLong();
      default ->
          column instanceof FixedColumn fixed && !(column.type() instanceof Type.DoubleType)
              ? fixed.longAt(random.nextInt(column.length())) + random.nextInt(3) - 1
              : 0;
    };
  }

  private static Column plain(Random random, Type type, int length, MemoryScope memory) {
    long base = random.nextInt(3) == 0 ? random.nextLong() >> random.nextInt(64) : 0;
    int bits = random.nextInt(66);
    int nulls = random.nextInt(3) == 0 ? 1 + random.nextInt(4) : Integer.MAX_VALUE;
    try (ColumnBuilder builder = ColumnBuilder.of(type, memory, length)) {
      for (int i = 0; i < length; i++) {
        long distance = bits < 1 ? 0 : random.nextLong() >>> Math.max(0, 64 - bits);
        builder.appendValue(
            random.nextInt(nulls) == 0 && nulls < 5 ? null : value(type, base + distance));
      }
      return builder.build();
    }
  }

  private static Object value(Type type, long word) {
    return switch (type) {
      case Type.Int t ->
          t.bits() == 64 ? (Object) word : t.bits() == 32 ? (Object) (int) word : (short) word;
      case Type.Decimal t ->
          t.precision() > 18
              ? BigDecimal.valueOf(word, 2).multiply(BigDecimal.valueOf(word)).setScale(2)
              : BigDecimal.valueOf(word % 1_000_000_000_000_000L, 2);
      case Type.Date t -> LocalDate.ofEpochDay((int) word / 1000);
      case Type.Timestamp t -> LocalDateTime.of(2020, 1, 1, 0, 0).plusNanos(word / 1000 * 1000);
      case Type.DoubleType t -> (double) word;
      case Type.Bool t -> word % 2 == 0;
      default -> "text " + word % 100;
    };
  }

  private static Column codes(Random random, Type type, int length, MemoryScope memory) {
    int entries = new int[] {1, 2, 256, 257, 65_536, 65_537}[random.nextInt(6)];
    Column dictionary;
    try (ColumnBuilder builder = ColumnBuilder.of(type, memory, entries)) {
      for (int i = 0; i < entries; i++) {
        builder.appendValue(value(type, i));
      }
      dictionary = builder.build();
    }
    Buffer codes = memory.allocate(4L * length);
    Buffer validity = null;
    if (random.nextBoolean()) {
      validity = memory.allocateZeroed((length + 63) / 64 * 8L);
    }
    for (int i = 0; i < length; i++) {
      boolean valid = validity == null || random.nextInt(3) > 0;
      Memory.putInt(codes.address() + 4L * i, valid ? random.nextInt(entries) : 0);
      if (validity != null && valid) {
        long at = validity.address() + (i >> 3);
        Memory.putByte(at, (byte) (Memory.getByte(at) | 1 << (i & 7)));
      }
    }
    Column column = new DictionaryColumn(length, codes, dictionary, validity);
    assertTrue(column.length() == length);
    return column;
  }
}
