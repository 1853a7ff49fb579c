package dev.tidemill.streaming.rows;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Batches;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.ColumnBuilder;
import dev.tidemill.foundation.batch.FixedColumn;
import dev.tidemill.foundation.batch.Selection;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.Type;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class OppositeRowsTest {
  private final MemoryScope memory = MemoryScope.root("test", 64L << 20);

  private record Row(@Nullable Integer number, @Nullable String text, long weight) {}

  @Test
  void whatComesAndGoesIsLeftOut() {
    Map<List<@Nullable Object>, Long> left =
        left(
            List.of(
                new Row(7, "a", -1),
                new Row(7, "a", 1),
                new Row(8, "c", 1),
                new Row(9, null, 2),
                new Row(9, null, -3)),
            null);
    assertEquals(Map.of(List.of(8, "c"), 1L, key(9, null), -1L), left);
  }

  @Test
  void theSumOfWeightsOfEachRowStays() {
    long seed = Long.getLong("tidemill.test.seed", System.nanoTime());
    Random random = new Random(seed);
    for (int round = 0; round < 300; round++) {
      List<Row> rows = new ArrayList<>();
      int count = 1 + random.nextInt(200);
      int distinct = 1 + random.nextInt(40);
      for (int i = 0; i < count; i++) {
        int value = random.nextInt(distinct);
        rows.add(
            new Row(
                value % 7 == 0 ? null : value / 2,
                value % 5 == 0 ? null : "text that is longer than a view " + value % 3,
                (random.nextBoolean() ? 1 : -1) * (1 + random.nextInt(3))));
      }
      int[] selected = random.ints(0, count).distinct().limit(1 + count / 2).sorted().toArray();
      Selection selection = random.nextBoolean() ? null : new Selection(selected, selected.length);
      Map<List<@Nullable Object>, Long> wanted = new HashMap<>();
      for (int i = 0; i < (selection == null ? count : selection.count()); i++) {
        Row row = rows.get(selection == null ? i : selection.row(i));
        wanted.merge(key(row.number, row.text), row.weight, Long::sum);
      }
      wanted.values().removeIf(weight -> weight == 0);
      assertEquals(wanted, left(rows, selection), "seed " + seed + " round " + round);
    }
    assertEquals(0, memory.used());
  }

  private static List<@Nullable Object> key(@Nullable Integer number, @Nullable String text) {
    List<@Nullable Object> key = new ArrayList<>();
    key.add(number);
    key.add(text);
    return key;
  }

  /** The weights of the rows that are left; none is 0, and of a row all have one sign. */
  private Map<List<@Nullable Object>, Long> left(List<Row> rows, @Nullable Selection selection) {
    Map<List<@Nullable Object>, Long> left = new HashMap<>();
    try (ColumnBuilder numbers = ColumnBuilder.of(Type.INTEGER, memory, rows.size());
        ColumnBuilder texts = ColumnBuilder.of(Type.VARCHAR, memory, rows.size());
        ColumnBuilder weights = ColumnBuilder.of(Type.BIGINT, memory, rows.size())) {
      for (Row row : rows) {
        numbers.appendValue(row.number);
        texts.appendValue(row.text);
        weights.appendLong(row.weight);
      }
      List<Column> columns = List.of(numbers.build(), texts.build());
      try (Batch delta = new Batch(rows.size(), columns, selection, (FixedColumn) weights.build());
          Batch without = OppositeRows.without(delta, memory)) {
        for (int i = 0; i < without.rowCount(); i++) {
          List<@Nullable Object> row = Batches.row(without, without.row(i));
          long weight = without.weightAt(without.row(i));
          assertTrue(weight != 0 && left.getOrDefault(row, weight) * weight > 0, "both signs");
          left.merge(row, weight, Long::sum);
        }
      }
    }
    return left;
  }
}
