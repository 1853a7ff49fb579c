package dev.tidemill.foundation.type;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.tidemill.foundation.RandomValues;
import java.util.List;
import org.junit.jupiter.api.Test;

class TypeTest {
  @Test
  void spellingsAndArrowFieldsReadBack() {
    RandomValues values = RandomValues.seeded("TypeTest");
    for (int round = 0; round < 500; round++) {
      Type type = values.type(3);
      assertEquals(type, Types.parse(type.sql()));
      assertEquals(type, ArrowTypes.type(ArrowTypes.field("f", type, true)));
    }
    Type odd =
        new Type.Row(
            List.of(new Type.RowField("a \"b\", c", new Type.Array(new Type.Array(Type.DATE)))));
    assertEquals(odd, Types.parse(odd.sql()));
  }

  @Test
  void whatIsNoTypeIsRefused() {
    for (String text :
        List.of(
            "",
            "FOO",
            "DECIMAL",
            "DECIMAL(39,0)",
            "DECIMAL(5,6)",
            "INT INT",
            "ROW(a INT)",
            "MAP<INT>",
            "TIME(10)",
            "VARCHAR(",
            "VARCHAR(99999999999)",
            "ROW(\"a")) {
      assertThrows(IllegalArgumentException.class, () -> Types.parse(text), text);
    }
  }
}
