package dev.tidemill.exec.expression;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Selection;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.expression.ColumnReference;
import dev.tidemill.plan.expression.InList;
import dev.tidemill.plan.expression.Literal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Texts in lists of any length, beside a set of strings. */
final class InListTest {
  @Test
  void findsTexts() {
    long seed = Long.getLong("tidemill.test.seed", System.nanoTime());
    Random random = new Random(seed);
    for (int round = 0; round < 40; round++) {
      int size = round % 4 == 0 ? random.nextInt(20) + 1 : random.nextInt(3_000) + 1;
      Set<String> wanted = new HashSet<>();
      List<Literal> values = new ArrayList<>();
      for (int i = 0; i < size; i++) {
        String value = text(random);
        wanted.add(value);
        values.add(new Literal(Type.VARCHAR, value));
      }
      List<List<@Nullable Object>> rows = new ArrayList<>();
      List<String> known = new ArrayList<>(wanted);
      for (int i = 0; i < 2_000; i++) {
        String value =
            random.nextInt(3) == 0 ? known.get(random.nextInt(known.size())) : text(random);
        rows.add(Arrays.asList((Object) (random.nextInt(10) == 0 ? null : value)));
      }
      Selection some =
          random.nextBoolean()
              ? null
              : new Selection(random.ints(0, 2_000).distinct().limit(500).sorted().toArray(), 500);
      try (ExpressionTester tester = new ExpressionTester();
          Batch batch = tester.batch(List.of(Type.VARCHAR), rows, some)) {
        List<@Nullable Object> expected = new ArrayList<>();
        for (int i = 0; i < batch.rowCount(); i++) {
          Object value = rows.get(batch.row(i)).get(0);
          expected.add(value == null ? null : wanted.contains(value));
        }
        InList in = new InList(new ColumnReference(0, Type.VARCHAR), values);
        assertEquals(expected, tester.evaluate(in, batch), () -> "seed " + seed);
      }
    }
  }

  /** Of few letters, so that beginnings and ends agree; some with more than eight bytes. */
  private static String text(Random random) {
    int length = random.nextInt(3) == 0 ? random.nextInt(80) : random.nextInt(14);
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < length; i++) {
      text.append(random.nextInt(20) == 0 ? 'ü' : (char) ('a' + random.nextInt(2)));
    }
    return text.toString();
  }
}
