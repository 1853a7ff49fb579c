package dev.tidemill.exec.join;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.BytesColumn;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.ColumnBuilder;
import dev.tidemill.foundation.batch.DictionaryColumn;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.Type;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Codes stand for the same texts, of which a dictionary has each once. */
class BuiltTextsTest {
  private static final JoinKeys KEYS =
      new JoinKeys(List.of(0), List.of(Type.VARCHAR), List.of(false));

  private final MemoryScope scope = MemoryScope.root("test", MemoryScope.UNLIMITED);

  @Test
  void codesStandForTheSameTexts() {
    long seed = Long.getLong("tidemill.test.seed", System.nanoTime());
    Random random = new Random(seed);
    for (int count : new int[] {1, 2, 63, 64, 1000, Batch.MAX_ROWS}) {
      for (int distinct : new int[] {1, 7, 100_000}) {
        check(random, count, distinct, "seed " + seed + " " + count + " " + distinct);
      }
    }
    assertEquals(0, scope.used());
  }

  private void check(Random random, int count, int distinct, String what) {
    List<@Nullable Object> keys = texts(random, count, distinct, 0.2);
    List<@Nullable Object> some = texts(random, count, distinct, 0.2);
    List<@Nullable Object> all = texts(random, count, distinct, 0);
    List<@Nullable Object> none = texts(random, count, distinct, 1);
    try (Batch rows =
        BuiltTexts.coded(
            new Batch(count, List.of(column(keys), column(some), column(all), column(none))),
            KEYS,
            scope)) {
      assertEquals(count, rows.length(), what);
      assertInstanceOf(BytesColumn.class, rows.column(0), what);
      assertInstanceOf(DictionaryColumn.class, rows.column(2), what);
      List<List<@Nullable Object>> expected = List.of(keys, some, all, none);
      for (int i = 0; i < expected.size(); i++) {
        for (int row = 0; row < count; row++) {
          assertEquals(expected.get(i).get(row), rows.column(i).value(row), what);
        }
        if (rows.column(i) instanceof DictionaryColumn codes) {
          Set<@Nullable Object> values = new HashSet<>();
          for (int code = 0; code < codes.dictionary().length(); code++) {
            values.add(codes.dictionary().value(code));
          }
          assertEquals(codes.dictionary().length(), values.size(), what);
        }
      }
    }
  }

  @Test
  void manyRowsAndNoneStayAsTheyAre() {
    for (int count : new int[] {0, Batch.MAX_ROWS + 1}) {
      List<@Nullable Object> texts = texts(new Random(1), count, 5, 0);
      Batch rows = new Batch(count, List.of(column(texts), column(texts)));
      try (Batch same = BuiltTexts.coded(rows, KEYS, scope)) {
        assertSame(rows, same);
      }
    }
    assertEquals(0, scope.used());
  }

  private static List<@Nullable Object> texts(
      Random random, int count, int distinct, double nulls) {
    List<@Nullable Object> texts = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int text = random.nextInt(distinct);
      texts.add(
          random.nextDouble() < nulls ? null : (text % 3 == 0 ? "a longer text " : "") + text);
    }
    return texts;
  }

  private Column column(List<@Nullable Object> texts) {
    try (ColumnBuilder builder = ColumnBuilder.of(Type.VARCHAR, scope, texts.size())) {
      texts.forEach(builder::appendValue);
      return builder.build();
    }
  }
}
