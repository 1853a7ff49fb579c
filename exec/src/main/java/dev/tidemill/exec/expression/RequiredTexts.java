package dev.tidemill.exec.expression;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Texts that stand, one behind the other, in whatever a regular expression is found in: {@code
 * special} and {@code requests} of {@code special.*requests}. Most rows are told by them, without a
 * matcher. A pattern with signs that are not known here requires none.
 */
final class RequiredTexts {
  static final RequiredTexts NONE = new RequiredTexts(List.of());

  private static final int SHORTEST = 2;

  private final List<byte[]> texts;

  private RequiredTexts(List<byte[]> texts) {
    this.texts = texts;
  }

  /** Of a pattern that java.util.regex accepts, without flags. */
  static RequiredTexts of(String pattern) {
    List<byte[]> texts = new ArrayList<>();
    StringBuilder current = new StringBuilder();
    int at = 0;
    while (at < pattern.length()) {
      char sign = pattern.charAt(at);
      int next = at + 1;
      switch (sign) {
        case '|' -> {
          return NONE;
        }
        case '(', '[' -> {
          add(texts, current);
          next = behind(pattern, at);
        }
        case '.', '^', '$', '+' -> add(texts, current);
        case '*', '?', '{' -> {
          // What stands before may be there no times.
          if (!current.isEmpty()) {
            current.setLength(current.offsetByCodePoints(current.length(), -1));
          }
          add(texts, current);
          next = sign == '{' ? pattern.indexOf('}', at) + 1 : next;
        }
        case '\\' -> {
          char escaped = at + 1 < pattern.length() ? pattern.charAt(at + 1) : 'x';
          next = at + 2;
          if ("dDwWsSbB".indexOf(escaped) >= 0) {
            add(texts, current);
          } else if (escaped < 128 && !Character.isLetterOrDigit(escaped)) {
            current.append(escaped);
          } else {
            return NONE;
          }
        }
        default -> current.append(sign);
      }
      if (next <= at) {
        return NONE;
      }
      at = next;
    }
    add(texts, current);
    return new RequiredTexts(texts);
  }

  private static void add(List<byte[]> texts, StringBuilder current) {
    String text = current.toString();
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    boolean isWhole = new String(bytes, StandardCharsets.UTF_8).equals(text);
    if (isWhole && bytes.length >= SHORTEST) {
      texts.add(bytes);
    }
    current.setLength(0);
  }

  /** Behind the group or class that begins at a place; 0 where it has signs not known here. */
  private static int behind(String pattern, int start) {
    int groups = 0;
    boolean inClass = false;
    for (int at = start; at < pattern.length(); at++) {
      char sign = pattern.charAt(at);
      if (sign == '\\') {
        at++;
        if (at < pattern.length() && "QE".indexOf(pattern.charAt(at)) >= 0) {
          return 0;
        }
      } else if (inClass) {
        if (sign == '[' || sign == '&') {
          return 0;
        }
        inClass = sign != ']';
      } else if (sign == '[') {
        inClass = true;
        at += pattern.startsWith("[^", at) ? 1 : 0;
        if (at + 1 < pattern.length() && pattern.charAt(at + 1) == ']') {
          return 0;
        }
      } else if (sign == '(') {
        if (pattern.startsWith("(?", at)) {
          return 0;
        }
        groups++;
      } else if (sign == ')') {
        groups--;
      }
      if (groups == 0 && !inClass) {
        return at + 1;
      }
    }
    return 0;
  }

  /** Whether they stand in a text of so many bytes, in their order. */
  boolean areIn(long address, int bytes) {
    int from = 0;
    for (byte[] text : texts) {
      int found = CodePoints.find(address, from, bytes, text);
      if (found < 0) {
        return false;
      }
      from = found + text.length;
    }
    return true;
  }
}
