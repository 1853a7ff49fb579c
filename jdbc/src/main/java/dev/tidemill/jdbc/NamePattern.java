package dev.tidemill.jdbc;

import org.jspecify.annotations.Nullable;

/**
 * JDBC's patterns of names: {@code %} any characters, {@code _} one, a backslash before what is
 * meant as it stands.
 */
final class NamePattern {
  private NamePattern() {}

  /** Whether {@code name} matches, in any case; a null pattern matches all. */
  static boolean matches(@Nullable String pattern, String name) {
    return pattern == null || matches(pattern, 0, name, 0);
  }

  private static boolean matches(String pattern, int at, String name, int from) {
    int position = from;
    for (int i = at; i < pattern.length(); i++) {
      char c = pattern.charAt(i);
      if (c == '%') {
        for (int rest = position; rest <= name.length(); rest++) {
          if (matches(pattern, i + 1, name, rest)) {
            return true;
          }
        }
        return false;
      }
      if (position == name.length()) {
        return false;
      }
      if (c == '\\' && i + 1 < pattern.length()) {
        i++;
      }
      boolean any = c == '_';
      if (!any && !same(pattern.charAt(i), name.charAt(position))) {
        return false;
      }
      position++;
    }
    return position == name.length();
  }

  private static boolean same(char a, char b) {
    return Character.toLowerCase(Character.toUpperCase(a))
        == Character.toLowerCase(Character.toUpperCase(b));
  }
}
