package dev.tidemill.storage.json;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What is well-formed: we and Jackson agree on random texts, most of them a little wrong. */
final class JsonTextTest {
  private static final String[] PIECES = {
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "\"a\"",
    "\"\\n\"",
    "\"\\u0041\"",
    "\"\\x\"",
    "1",
    "-0",
    "01",
    "1.5",
    "1.",
    "1e5",
    "1e",
    "-",
    "true",
    "false",
    "null",
    "nul",
    " ",
    "\"",
    "\\"
  };

  private final long seed = Long.getLong("tidemill.test.seed", System.nanoTime());
  private final Random random = new Random(seed);

  private String value(int depth) {
    return switch (depth > 3 ? random.nextInt(4) : random.nextInt(6)) {
      case 0 -> "1.5e-3";
      case 1 -> "\"t\\\"e\\u00e9\\\\xt\"";
      case 2 -> "null";
      case 3 -> "true";
      case 4 ->
          "[" + (random.nextBoolean() ? "" : value(depth + 1) + " , " + value(depth + 1)) + "]";
      default ->
          "{ \"k\" : "
              + value(depth + 1)
              + (random.nextBoolean() ? "" : ",\"l\":" + value(depth + 1))
              + "}";
    };
  }

  private String mutated(String text) {
    StringBuilder changed = new StringBuilder(text);
    for (int i = random.nextInt(3); i > 0 && !changed.isEmpty(); i--) {
      int at = random.nextInt(changed.length());
      if (random.nextBoolean()) {
        changed.deleteCharAt(at);
      } else {
        changed.insert(at, PIECES[random.nextInt(PIECES.length)]);
      }
    }
    return changed.toString();
  }

  @Test
  void agreesWithJackson() {
    long seed = random.nextLong();
    random.setSeed(seed);
    for (int i = 0; i < 20_000; i++) {
      String text = mutated(value(0));
      assertEquals(jackson(text), ours(text), () -> "seed " + seed + ": " + text);
    }
  }

  private static boolean ours(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    JsonText json = new JsonText();
    json.of(bytes, bytes.length);
    int end = json.skipValue(json.skipSpace(0));
    return end >= 0 && json.atEnd(json.skipSpace(end));
  }

  private static boolean jackson(String text) {
    try (JsonParser parser =
        new JsonFactory().createParser(text.getBytes(StandardCharsets.UTF_8))) {
      if (parser.nextToken() == null) {
        return false;
      }
      parser.skipChildren();
      if (parser.currentToken().isScalarValue()) {
        parser.getText();
      }
      return parser.nextToken() == null;
    } catch (IOException e) {
      return false;
    }
  }
}
