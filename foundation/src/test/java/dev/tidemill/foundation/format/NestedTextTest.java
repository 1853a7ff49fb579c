package dev.tidemill.foundation.format;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.tidemill.foundation.type.Type;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class NestedTextTest {
  private static final Type ROW =
      new Type.Row(
          List.of(
              new Type.RowField("a'b", Type.VARCHAR),
              new Type.RowField("c: d", new Type.Array(Type.INTEGER))));
  private static final Type NESTED = new Type.MapType(Type.VARCHAR, new Type.Array(ROW));

  private final NestedText texts = new NestedText(ZoneOffset.UTC);

  @Test
  void whatIsWrittenIsReadBack() {
    long seed = Long.getLong("tidemill.test.seed", System.nanoTime());
    Random random = new Random(seed);
    for (int i = 0; i < 2_000; i++) {
      Map<Object, Object> map = new LinkedHashMap<>();
      for (int k = random.nextInt(4); k > 0; k--) {
        List<Object> rows = new ArrayList<>();
        for (int r = random.nextInt(4); r > 0; r--) {
          List<Object> row = new ArrayList<>();
          row.add(random.nextInt(5) == 0 ? null : text(random));
          row.add(random.nextBoolean() ? null : List.of(random.nextInt(), 2));
          rows.add(random.nextInt(8) == 0 ? null : row);
        }
        map.put(text(random), random.nextInt(8) == 0 ? null : rows);
      }
      String text = NestedText.format(NESTED, map, ZoneOffset.UTC);
      assertEquals(map, texts.parse(NESTED, text), () -> text + " with seed " + seed);
    }
  }

  @Test
  void anyTextIsReadOrRefused() {
    long seed = Long.getLong("tidemill.test.seed", System.nanoTime());
    Random random = new Random(seed);
    for (int i = 0; i < 20_000; i++) {
      StringBuilder text = new StringBuilder();
      for (int length = random.nextInt(12); length > 0; length--) {
        text.append("[]{}():=,'\"\\ a1".charAt(random.nextInt(15)));
      }
      for (Type type : List.of(NESTED, ROW, new Type.Array(Type.VARCHAR))) {
        Object value = texts.parse(type, text.toString());
        if (value != null) {
          String again = NestedText.format(type, value, ZoneOffset.UTC);
          assertEquals(value, texts.parse(type, again), () -> text + " with seed " + seed);
        }
      }
    }
  }

  @Test
  void brackets() {
    Type array = new Type.Array(Type.INTEGER);
    assertEquals(List.of(), texts.parse(array, " [ ] "));
    assertNull(texts.parse(array, "[1]]"));
    assertNull(texts.parse(array, "[[1]"));
    assertNull(texts.parse(array, "[1,]"));
    assertEquals("'' is not INTEGER", texts.problem());
  }

  private static String text(Random random) {
    StringBuilder text = new StringBuilder(random.nextInt(9) == 0 ? "null" : "");
    for (int length = random.nextInt(6); length > 0; length--) {
      text.append("[]{}():=,'\"\\ ab1é".charAt(random.nextInt(17)));
    }
    return text.toString();
  }
}
