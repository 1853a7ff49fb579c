package dev.tidemill.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Batches;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.Type;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What two multisets of rows with numbers in floating point have more than each other. */
class RowDifferenceTest {
  private static final List<Type> TYPES = List.of(Type.DOUBLE, Type.INTEGER, Type.DOUBLE);

  private final MemoryScope memory = MemoryScope.root("test", MemoryScope.UNLIMITED);

  @AfterEach
  void close() {
    memory.close();
  }

  @Test
  void pairsRowsThoughTheirFirstNumbersAreInAnotherOrder() {
    RowDifference difference = new RowDifference(TYPES);
    add(difference, 1, List.of(row(1, 7, 5), row(Math.nextUp(1.0), 7, 3)));
    add(difference, -1, List.of(row(1, 7, 3), row(Math.nextUp(1.0), 7, 5)));
    RowDifference.Found found = difference.find();
    assertEquals(0, found.unexpected() + found.missing());
    assertNull(found.example());
    assertEquals(2, difference.rows());
  }

  @Test
  void namesARowThatOneSideHas() {
    RowDifference difference = new RowDifference(TYPES);
    add(difference, 1, List.of(row(1, 7, 5), row(1, 7, Double.NaN), row(0.0, null, 1)));
    add(difference, -1, List.of(row(1, 7, Double.NaN), row(-0.0, null, 1), row(1, 7, 5.0001)));
    RowDifference.Found found = difference.find();
    assertEquals(new RowDifference.Found(1, 1, 0, "only in the result: 1.0, 7, 5.0"), found);
  }

  /** Rows are close to each other in a chain, of which the ends are not. */
  @Test
  void findsTheMostPairs() {
    double step = 0.8e-12;
    RowDifference difference = new RowDifference(TYPES);
    add(difference, 1, List.of(row(1 + step, 1, 1), row(1 + 3 * step, 1, 1 + step)));
    add(difference, -1, List.of(row(1, 1, 1), row(1 + 2 * step, 1, 1)));
    assertEquals(0, difference.find().missing());
    add(difference, 1, List.of(row(1 + 6 * step, 1, 1)));
    assertEquals(1, difference.find().unexpected());
  }

  @Test
  void findsWhatWasLeftOutOfRandomRows() {
    long seed = Long.getLong("tidemill.test.seed", System.nanoTime());
    for (int round = 0; round < 200; round++) {
      Random random = new Random(seed + round);
      List<List<@Nullable Object>> ours = new ArrayList<>();
      List<List<@Nullable Object>> theirs = new ArrayList<>();
      int left = 0;
      int count = random.nextInt(60);
      for (int i = 0; i < count; i++) {
        double a = random.nextInt(4) / 3.0;
        double b = random.nextInt(4) / 7.0;
        Integer key = random.nextInt(3) == 0 ? null : Integer.valueOf(random.nextInt(2));
        boolean isLeft = random.nextInt(20) == 0;
        left += isLeft ? 1 : 0;
        ours.add(row(near(random, a), key, near(random, b)));
        if (!isLeft) {
          theirs.add(row(near(random, a), key, near(random, b)));
        }
      }
      Collections.shuffle(theirs, random);
      RowDifference difference = new RowDifference(TYPES);
      add(difference, 1, ours);
      add(difference, -1, theirs);
      RowDifference.Found found = difference.find();
      assertEquals(left, found.unexpected(), "seed " + (seed + round));
      assertEquals(0, found.missing(), "seed " + (seed + round));
      if (left > 0) {
        assertNotNull(found.example());
      }
    }
  }

  private static double near(Random random, double value) {
    return value * (1 + (random.nextInt(9) - 4) * 1e-13);
  }

  private static List<@Nullable Object> row(double a, @Nullable Integer key, double b) {
    List<@Nullable Object> row = new ArrayList<>();
    row.add(a);
    row.add(key);
    row.add(b);
    return row;
  }

  private void add(RowDifference difference, int sign, List<List<@Nullable Object>> rows) {
    try (Batch batch = Batches.fromRows(TYPES, rows, memory)) {
      difference.add(batch, sign, new boolean[rows.size()]);
    }
  }
}
