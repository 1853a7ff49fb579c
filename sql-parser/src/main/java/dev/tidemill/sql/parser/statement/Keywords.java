package dev.tidemill.sql.parser.statement;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The words of the grammar, for quoting, highlighting and completion. Upper case. */
public final class Keywords {
  private static final Set<String> ALL = new TreeSet<>();
  private static final Set<String> RESERVED = new HashSet<>();

  static {
    for (String line : lines()) {
      boolean reserved = line.startsWith("!");
      String word = reserved ? line.substring(1) : line;
      if (!line.startsWith("#")) {
        ALL.add(word);
      }
      if (reserved) {
        RESERVED.add(word);
      }
    }
  }

  private Keywords() {}

  private static Iterable<String> lines() {
    try (@Nullable InputStream in = Keywords.class.getResourceAsStream("keywords.txt")) {
      if (in == null) {
        throw new IllegalStateException("keywords.txt is missing");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Every keyword, those that are good as names included. */
  public static Set<String> all() {
    return Collections.unmodifiableSet(ALL);
  }

  /** Whether a word, in any case, is a name only in double quotes. */
  public static boolean isReserved(String word) {
    return RESERVED.contains(word.toUpperCase(Locale.ROOT));
  }

  /** The name as SQL reads it back: quoted where it is no plain word or a reserved one. */
  public static String quoteIfNeeded(String name) {
    return isPlainWord(name) && !isReserved(name) ? name : '"' + name.replace("\"", "\"\"") + '"';
  }

  private static boolean isPlainWord(String name) {
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '$';
      if (!letter && (i == 0 || c < '0' || c > '9')) {
        return false;
      }
    }
    return !name.isEmpty();
  }
}
