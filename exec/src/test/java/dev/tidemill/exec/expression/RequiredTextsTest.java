package dev.tidemill.exec.expression;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemill.foundation.memory.Buffer;
import dev.tidemill.foundation.memory.Memory;
import dev.tidemill.foundation.memory.MemoryScope;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.junit.jupiter.api.Test;

/** What a pattern is said to require stands in whatever it is found in. */
final class RequiredTextsTest {
  private static final String SIGNS = "abüab(|)[]^$.*+?{2}\\d\\.&-";

  private final MemoryScope memory = MemoryScope.root("test", MemoryScope.UNLIMITED);

  private boolean mayFind(String pattern, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    try (Buffer buffer = memory.allocate(bytes.length + 8L)) {
      Memory.copyFromArray(bytes, 0, buffer.address(), bytes.length);
      return RequiredTexts.of(pattern).areIn(buffer.address(), bytes.length);
    }
  }

  @Test
  void tellsWhatHasNoMatch() {
    assertEquals(false, mayFind("special.*requests", "special request"));
    assertEquals(false, mayFind("special.*requests", "requests special"));
    assertEquals(true, mayFind("special.*requests", "a special of requests"));
    assertEquals(true, mayFind("special|requests", "nothing"));
    assertEquals(true, mayFind("(?i)special", "SPECIAL"));
    assertEquals(false, mayFind("(fox|dog)es? [a-z]+ly$", "foxes slow"));
    assertEquals(true, mayFind("\\Qa|b\\E", "ab"));
    assertEquals(false, mayFind("a\\.b", "a-b"));
  }

  @Test
  void neverDeniesAMatch() {
    long seed = Long.getLong("tidemill.test.seed", System.nanoTime());
    Random random = new Random(seed);
    int compiled = 0;
    for (int round = 0; round < 30_000; round++) {
      String pattern = text(random, SIGNS, 9);
      Pattern java;
      try {
        java = Pattern.compile(pattern);
      } catch (PatternSyntaxException e) {
        continue;
      }
      compiled++;
      for (int i = 0; i < 8; i++) {
        String text = text(random, "abü.d2", 12);
        if (java.matcher(text).find()) {
          assertTrue(
              mayFind(pattern, text), () -> pattern + " is found in " + text + ", seed " + seed);
        }
      }
    }
    assertTrue(compiled > 1_000);
  }

  private static String text(Random random, String signs, int most) {
    StringBuilder text = new StringBuilder();
    for (int i = 0, n = random.nextInt(most) + 1; i < n; i++) {
      text.append(signs.charAt(random.nextInt(signs.length())));
    }
    return text.toString();
  }
}
