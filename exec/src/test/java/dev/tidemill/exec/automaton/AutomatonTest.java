package dev.tidemill.exec.automaton;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemill.foundation.memory.Buffer;
import dev.tidemill.foundation.memory.Memory;
import dev.tidemill.foundation.memory.MemoryScope;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Automata answer as java.util.regex does, wherever there is one. */
final class AutomatonTest {
  /** Pieces of patterns, joined at random. */
  private static final String[] PIECES = {
    "a", "b", "ü", "€", "😀", "\n", ".", "\\d", "\\D", "\\w", "\\W", "\\s", "\\S", "\\.", "\\n",
    "^", "$", "\\A", "\\Z", "\\z", "[ab]", "[^a]", "[a-cü]", "[^\\d]", "[\\w.-]", "[-a]", "[á-€]",
    "[a-b-2]", "(", "(?:", "(?<n>", ")", ")", "|", "*", "+", "?", "*?", "+?", "??", "{2}", "{1,}",
    "{0,2}", "{1,3}?", "++", "(?=", "\\b", "\\1", "&", "]", "}", "-"
  };

  private static final String[] LETTERS = {
    "a", "b", "c", "A", "B", "ü", "á", "€", "😀", "2", "_", ".", "-", " ", "\n", "\r", "\r\n",
    "\u0085", "\u2028", "]", "}"
  };

  private final MemoryScope memory = MemoryScope.root("test", MemoryScope.UNLIMITED);

  private boolean accepts(Automaton automaton, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    try (Buffer buffer = memory.allocate(bytes.length + 1L)) {
      Memory.copyFromArray(bytes, 0, buffer.address(), bytes.length);
      return automaton.accepts(buffer.address(), bytes.length);
    }
  }

  private boolean finds(String pattern, String text) {
    return accepts(Automaton.of(pattern, false, false).orElseThrow(), text);
  }

  @Test
  void findsInOnePass() {
    assertEquals(true, finds("[0-9]{4}.*[a-f]{5}", "id=12345&ref=abcdef"));
    assertEquals(false, finds("[0-9]{4}.*[a-f]{5}", "id=12345&ref=abcd"));
    assertEquals(true, finds("^https?://(www\\.)?[^/]+/x$", "http://www.example.com/x\n"));
    assertEquals(false, finds("^https?://(www\\.)?[^/]+/x$", "http://www.example.com/y/x"));
    assertEquals(true, finds("(?i)straße", "STRAßE"));
    assertEquals(true, finds("^(.|\n){3}$", "€😀\n"));
    assertEquals(false, finds("(x+x+)+y", "x".repeat(10_000)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "(a)\\1",
        "a(?=b)",
        "(?<!a)b",
        "a++",
        "(?>a)b",
        "\\bword",
        "\\p{L}",
        "[a&&b]",
        "[[a]b]",
        "(?m)^a",
        "\\Qa\\E",
        "(a*)*",
        "$^",
        "a{2000}",
        "(?:a{900}){900}"
      })
  void leavesOthersToTheMatcher(String pattern) {
    assertEquals(Optional.empty(), Automaton.of(pattern, false, false));
  }

  /** More states than are kept, so that all are made again many times. */
  @Test
  void forgetsStates() {
    String pattern = "[ab]*a[ab]{14}c";
    Automaton automaton = Automaton.of(pattern, false, true).orElseThrow();
    Pattern java = Pattern.compile(pattern);
    Random random = new Random(7);
    for (int i = 0; i < 50; i++) {
      StringBuilder text = new StringBuilder();
      for (int k = 0; k < 500; k++) {
        text.append(random.nextBoolean() ? 'a' : 'b');
      }
      text.append('c');
      assertEquals(java.matcher(text).matches(), accepts(automaton, text.toString()));
    }
  }

  @Test
  void answersAsJavaDoes() {
    long seed = Long.getLong("tidemill.test.seed", System.nanoTime());
    Random random = new Random(seed);
    int compared = 0;
    for (int round = 0; round < 60_000; round++) {
      String flags = random.nextInt(8) == 0 ? random.nextBoolean() ? "(?i)" : "(?s)" : "";
      String pattern = flags + text(random, PIECES, 9);
      Pattern java;
      try {
        java = Pattern.compile(pattern, round % 2 == 0 ? Pattern.DOTALL : 0);
      } catch (PatternSyntaxException e) {
        continue;
      }
      boolean whole = random.nextBoolean();
      Optional<Automaton> automaton = Automaton.of(pattern, round % 2 == 0, whole);
      if (automaton.isEmpty()) {
        continue;
      }
      compared++;
      List<String> texts = new ArrayList<>(List.of("", "\n", "\r\n"));
      for (int i = 0; i < 12; i++) {
        texts.add(text(random, LETTERS, 7));
      }
      for (String text : texts) {
        boolean expected = whole ? java.matcher(text).matches() : java.matcher(text).find();
        assertEquals(
            expected,
            accepts(automaton.get(), text),
            () ->
                pattern
                    + " in "
                    + text.codePoints().boxed().toList()
                    + ", whole "
                    + whole
                    + ", seed "
                    + seed);
      }
    }
    assertTrue(compared > 2_000, () -> "too few patterns, seed " + seed);
  }

  private static String text(Random random, String[] signs, int most) {
    StringBuilder text = new StringBuilder();
    for (int i = 0, n = random.nextInt(most) + 1; i < n; i++) {
      text.append(signs[random.nextInt(signs.length)]);
    }
    return text.toString();
  }
}
