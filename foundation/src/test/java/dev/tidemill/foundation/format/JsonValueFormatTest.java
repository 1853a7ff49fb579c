package dev.tidemill.foundation.format;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tidemill.foundation.type.Type;
import dev.tidemill.foundation.type.Types;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Values as JSON, by type. */
final class JsonValueFormatTest {
  private static void assertJson(String expected, String type, @Nullable Object value) {
    StringBuilder text = new StringBuilder();
    Type parsed = Types.parse(type);
    JsonValueFormat.append(parsed, value, text);
    assertEquals(expected, text.toString());
  }

  @Test
  void numbersAndTruthValuesAreJsons() {
    assertJson("-7", "TINYINT", (byte) -7);
    assertJson("1.50", "DECIMAL(5, 2)", new BigDecimal("1.50"));
    assertJson("0.1", "REAL", 0.1f);
    assertJson("\"NaN\"", "DOUBLE", Double.NaN);
    assertJson("\"-Infinity\"", "REAL", Float.NEGATIVE_INFINITY);
    assertJson("true", "BOOLEAN", true);
    assertJson("null", "BIGINT", null);
  }

  @Test
  void textsAreEscaped() {
    assertJson("\"a\\\"b\\\\c\\n\\t\\u0001é\"", "VARCHAR", "a\"b\\c\n\t\u0001é");
  }

  @Test
  void nestedValuesNest() {
    assertJson("[1,null]", "INTEGER ARRAY", Arrays.asList(1, null));
    assertJson("{\"1\":\"x\"}", "MAP<INTEGER, VARCHAR>", Map.of(1, "x"));
    assertJson(
        "{\"a\":1,\"b\":[]}", "ROW(\"a\" INTEGER, \"b\" VARCHAR ARRAY)", List.of(1, List.of()));
  }
}
