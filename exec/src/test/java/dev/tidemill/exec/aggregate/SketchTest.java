package dev.tidemill.exec.aggregate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.ColumnBuilder;
import dev.tidemill.foundation.batch.FixedColumn;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.Type;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.LongUnaryOperator;
import org.junit.jupiter.api.Test;

/**
 * Sketches tell the same whatever the order of values and merges, bounded memory is enough, and
 * what they tell is near.
 */
class SketchTest {
  private static final List<String> FRACTIONS =
      List.of("0", "0.001", "0.1", "0.25", "0.5", "0.75", "0.9", "0.99", "0.9999", "1");

  private final MemoryScope memory = MemoryScope.root("test", MemoryScope.UNLIMITED);

  /** Kinds of values: of integers as they are, of DOUBLE by their bits. */
  private enum Values {
    FEW(Type.BIGINT, 0.0),
    DENSE(Type.INTEGER, 0.002),
    WIDE(Type.BIGINT, 0.01),
    EXTREME(Type.BIGINT, 0.6),
    LOGNORMAL(Type.DOUBLE, 0.005),
    ANYTHING(Type.DOUBLE, 1),
    TIMES(new Type.Timestamp(6), 0.002);

    private final Type type;

    /** By how much of all ranks an answer may be off; of random values, with room. */
    private final double off;

    Values(Type type, double off) {
      this.type = type;
      this.off = off;
    }

    long next(Random random) {
      return switch (this) {
        case FEW -> random.nextInt(500) * 77L - 30_000;
        case DENSE -> random.nextInt(2_000_000) - 1_000_000;
        case WIDE -> (long) Math.exp(random.nextDouble() * 20);
        case EXTREME ->
            random.nextInt(100) == 0
                ? random.nextBoolean() ? Long.MIN_VALUE : Long.MAX_VALUE
                : random.nextLong() >> random.nextInt(64);
        case LOGNORMAL -> Double.doubleToLongBits(Math.exp(random.nextGaussian()));
        case ANYTHING -> {
          double any = Double.longBitsToDouble(random.nextLong());
          yield Double.doubleToLongBits(random.nextInt(50) == 0 ? 1 / 0.0 : any + 0.0);
        }
        case TIMES -> 1_577_836_800_000_000L + random.nextLong(31_536_000_000_000L);
      };
    }

    /** The place of a value among others in their order. */
    private long order(long word) {
      return type instanceof Type.DoubleType ? word ^ (word >> 63 & Long.MAX_VALUE) : word;
    }
  }

  @Test
  void quantilesDoNotDependOnOrder() {
    long seed = Long.getLong("tidemill.test.seed", System.nanoTime());
    Random random = new Random(seed);
    for (Values kind : Values.values()) {
      long[] words = new long[random.nextInt(3) == 0 ? random.nextInt(400) + 1 : 60_000];
      Arrays.setAll(words, i -> kind.next(random));
      QuantileSketch one = new QuantileSketch(kind.type);
      for (long word : words) {
        one.add(word);
      }
      QuantileSketch merged = merged(kind, words, random);
      long[] ordered = Arrays.stream(words).map(kind::order).sorted().toArray();
      for (String fraction : FRACTIONS) {
        String where = "seed " + seed + ", " + kind + " " + words.length + ", " + fraction;
        long answer = quantile(one, fraction, kind);
        assertEquals(answer, quantile(merged, fraction, kind), where);
        double place = Double.parseDouble(fraction) * ordered.length;
        double low = Arrays.stream(ordered).filter(v -> v < answer).count();
        double high = Arrays.stream(ordered).filter(v -> v <= answer).count();
        double allowed = (words.length <= QuantileSketch.MAX_CELLS ? 0 : kind.off) * ordered.length;
        assertTrue(
            low <= Math.max(0, Math.ceil(place) - 1) + allowed && high >= place - allowed, where);
      }
      assertTrue(merged.heapBytes() < 24_000);
    }
  }

  private static QuantileSketch merged(Values kind, long[] words, Random random) {
    List<Long> shuffled = new ArrayList<>(Arrays.stream(words).boxed().toList());
    Collections.shuffle(shuffled, random);
    List<QuantileSketch> parts = new ArrayList<>();
    for (long word : shuffled) {
      if (parts.isEmpty() || random.nextInt(words.length) < 7) {
        parts.add(new QuantileSketch(kind.type));
      }
      parts.get(random.nextInt(parts.size())).add(word);
    }
    Collections.shuffle(parts, random);
    QuantileSketch merged = parts.get(0);
    for (QuantileSketch part : parts.subList(1, parts.size())) {
      if (random.nextBoolean()) {
        merged.merge(part);
      } else {
        merged.merge(part.bytes());
      }
    }
    return merged;
  }

  /** In the order of the kind. */
  private long quantile(QuantileSketch sketch, String fraction, Values kind) {
    try (ColumnBuilder builder = ColumnBuilder.of(kind.type, memory, 1)) {
      sketch.result(new BigDecimal(fraction), builder);
      try (Column column = builder.build()) {
        FixedColumn fixed = (FixedColumn) column;
        return kind.type instanceof Type.DoubleType
            ? kind.order(Double.doubleToLongBits(fixed.doubleAt(0)))
            : fixed.longAt(0);
      }
    }
  }

  @Test
  void distinctCountsDoNotDependOnOrder() {
    long seed = Long.getLong("tidemill.test.seed", System.nanoTime());
    Random random = new Random(seed);
    for (int size : new int[] {0, 1, 30, 200, 2_000, 300_000}) {
      LongUnaryOperator value = i -> i * 0x9E3779B97F4A7C15L;
      DistinctSketch one = new DistinctSketch();
      List<DistinctSketch> parts = new ArrayList<>(List.of(new DistinctSketch()));
      for (int i = 0; i < size; i++) {
        one.add(value.applyAsLong(i));
      }
      for (int i = 0; i < 2 * size; i++) {
        if (random.nextInt(2 * size) < 5) {
          parts.add(new DistinctSketch());
        }
        parts
            .get(random.nextInt(parts.size()))
            .add(value.applyAsLong(i < size ? size - 1 - i : random.nextInt(size)));
      }
      DistinctSketch merged = new DistinctSketch();
      for (DistinctSketch part : parts) {
        merged.merge(random.nextBoolean() ? part : DistinctSketch.of(part.bytes()));
      }
      String where = "seed " + seed + ", size " + size;
      assertEquals(one.estimate(), merged.estimate(), where);
      assertEquals(size, one.estimate(), size <= 200 ? 0 : 0.06 * size, where);
      assertTrue(merged.heapBytes() < 5_000);
    }
  }
}
